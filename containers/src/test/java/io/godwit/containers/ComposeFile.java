package io.godwit.containers;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What {@code docker-compose.yml} says, with the defaults of its variables in their place. */
final class ComposeFile {
    static final Path PATH = Checkout.file("docker-compose.yml");

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{\\w+:-([^}]*)}");

    private final Map<String, Map<String, Object>> services;

    private ComposeFile(Map<String, Map<String, Object>> services) {
        this.services = services;
    }

    static ComposeFile read() {
        try (Reader reader = Files.newBufferedReader(PATH)) {
            Map<String, Map<String, Map<String, Object>>> file =
                    new Yaml(new SafeConstructor(new LoaderOptions())).load(reader);
            return new ComposeFile(file.get("services"));
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + PATH, e);
        }
    }

    Set<String> services() {
        return services.keySet();
    }

    /** All that is said of a service. */
    Map<String, Object> service(String name) {
        return services.get(name);
    }

    String image(String service) {
        return (String) service(service).get("image");
    }

    Map<String, String> environment(String service) {
        Map<String, String> environment = new LinkedHashMap<>();
        ((Map<?, ?>) service(service).get("environment"))
                .forEach((name, value) -> environment.put((String) name, withDefaults(value.toString())));
        return environment;
    }

    private static String withDefaults(String value) {
        return VARIABLE.matcher(value).replaceAll(match -> Matcher.quoteReplacement(match.group(1)));
    }
}
