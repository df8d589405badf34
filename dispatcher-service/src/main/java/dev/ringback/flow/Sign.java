package dev.ringback.flow;

/** What the end of a request says about the endpoint's strength. */
public enum Sign {
    /** It took the delivery. */
    success,
    /** It failed in a way that says nothing of its load. */
    failure,
    /** It has too much to do: 429, 502, 504, or no answer in time. */
    overload
}
