package io.godwit.registry;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where a registry answers. Its text is without the credentials that a URL may carry; so are messages. */
final class RegistryUrl {
    private static final int NO_PORT = -1;

    private final String base;
    /** Null where the URL carried none. */
    private final String userInfo;

    private RegistryUrl(String base, String userInfo) {
        this.base = base;
        this.userInfo = userInfo;
    }

    /**
     * Reads URLs that are separated by commas.
     *
     * @throws IllegalArgumentException if there is none, or one is not of HTTP; its message does not quote them
     */
    static List<RegistryUrl> parseAll(String text) {
        List<RegistryUrl> urls = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            urls.add(parse(part.strip(), urls.size() + 1));
        }
        return List.copyOf(urls);
    }

    private static RegistryUrl parse(String text, int number) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            // Not kept as a cause: it quotes the text, and with it a password.
            throw malformed(number);
        }
        boolean isHttp = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
        if (!isHttp || uri.getHost() == null) {
            throw malformed(number);
        }
        String port = uri.getPort() == NO_PORT ? "" : ":" + uri.getPort();
        String path = uri.getRawPath().replaceAll("/+$", "");
        return new RegistryUrl(uri.getScheme() + "://" + uri.getHost() + port + path, uri.getUserInfo());
    }

    private static IllegalArgumentException malformed(int number) {
        return new IllegalArgumentException("--schema-registry: URL number " + number
                + " is not of the form http://HOST:PORT or https://HOST:PORT (characters that URLs reserve are written as"
                + " %XX)");
    }

    boolean isTls() {
        return base.regionMatches(true, 0, "https:", 0, "https:".length());
    }

    /** User and password as {@code user:password}. */
    Optional<String> userInfo() {
        return Optional.ofNullable(userInfo);
    }

    /** The address of something in the registry. */
    URI resolve(String path) {
        return URI.create(base + path);
    }

    @Override
    public String toString() {
        return base;
    }
}
