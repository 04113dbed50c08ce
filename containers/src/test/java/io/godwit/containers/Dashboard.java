package io.godwit.containers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The dashboard that Grafana is given. */
record Dashboard(JsonNode json) {
    static Dashboard read() throws IOException {
        return new Dashboard(new ObjectMapper()
                .readTree(Checkout.file("deploy/grafana/dashboards/godwit.json").toFile()));
    }

    /** In Prometheus' language, but for the variables of Grafana. */
    List<String> queries() {
        return json.findValuesAsText("expr");
    }

    Set<String> sources() {
        Set<String> sources = new TreeSet<>();
        json.findValues("datasource")
                .forEach(source -> sources.add(source.get("uid").asText()));
        return sources;
    }

    List<String> titles() {
        return json.get("panels").findValuesAsText("title");
    }

    List<Integer> ids() {
        return json.get("panels").findValues("id").stream().map(JsonNode::asInt).toList();
    }
}
