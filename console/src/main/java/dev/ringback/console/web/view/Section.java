package dev.ringback.console.web.view;

/** A part of the dashboard that the navigation leads to. */
public enum Section {
    OVERVIEW("Overview", "/"),
    CALLS("Calls", "/calls"),
    DELIVERIES("Deliveries", "/deliveries"),
    ENDPOINTS("Endpoints", "/endpoints"),
    DEAD("Dead letters", "/dead"),
    LEDGER("Ledger", "/ledger"),
    VOXML("VoxML", "/voxml");

    private final String label;
    private final String path;

    Section(String label, String path) {
        this.label = label;
        this.path = path;
    }

    /** Its name, for people. */
    public String label() {
        return label;
    }

    /** Where it is. */
    public String path() {
        return path;
    }
}
