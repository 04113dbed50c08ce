package io.godwit.record;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A registry in memory that counts what it is asked. */
final class MemoryRegistry implements SchemaRegistry {
    private static final int FIRST_ID = 1000;

    private final List<String> schemas = new ArrayList<>();
    int idsAsked;
    int schemasAsked;
    boolean isDown;

    @Override
    public int id(String subject, String schema) {
        checkUp();
        idsAsked++;
        return add(schema);
    }

    int add(String schema) {
        if (!schemas.contains(schema)) {
            schemas.add(schema);
        }
        return FIRST_ID + schemas.indexOf(schema);
    }

    @Override
    public Optional<String> schema(int id) {
        checkUp();
        schemasAsked++;
        int place = id - FIRST_ID;
        return place >= 0 && place < schemas.size() ? Optional.of(schemas.get(place)) : Optional.empty();
    }

    @Override
    public String name() {
        return "memory";
    }

    private void checkUp() {
        if (isDown) {
            throw new IllegalStateException("the registry is down");
        }
    }
}
