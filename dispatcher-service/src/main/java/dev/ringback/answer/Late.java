package dev.ringback.answer;

/** Why nothing is published any more for an answer request. */
public enum Late {
    /** Its call is over. */
    ENDED("late: the call has ended"),
    /** A later question of the same call was answered before it. */
    NEWER("late: a newer answer was accepted"),
    /** It was asked too long ago for anybody to know whether the call still goes on. */
    FORGOTTEN("late: the call was answered too long ago"),
    /** The same question has been settled; this is a copy of it. */
    SETTLED("late: another answer was accepted");

    private final String text;

    Late(String text) {
        this.text = text;
    }

    /** As the log of attempts says it. */
    public String text() {
        return text;
    }
}
