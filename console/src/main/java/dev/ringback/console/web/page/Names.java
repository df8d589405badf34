package dev.ringback.console.web.page;

import dev.ringback.console.read.ReadSide;
import dev.ringback.console.read.View;
import dev.ringback.console.web.view.Doc;
import dev.ringback.runtime.Problem;
import java.util.HashMap;
import java.util.Map;

/** The names of the endpoints that one page shows. */
public final class Names {
    private final ReadSide read;
    private final View view;
    private final Map<String, String> known = new HashMap<>();

    /** Names as this view sees them. */
    public Names(ReadSide read, View view) {
        this.read = read;
        this.view = view;
    }

    /** What people call an endpoint: its name, or where it is, or its id when it is gone. */
    public String of(String endpointId) {
        return known.computeIfAbsent(endpointId, this::find);
    }

    private String find(String endpointId) {
        try {
            Doc endpoint = new Doc(read.endpoint(view, endpointId));
            return endpoint.text("name", endpoint.text("url", endpointId));
        } catch (Problem gone) {
            return endpointId;
        }
    }
}
