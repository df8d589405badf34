package dev.ringback.dialect;

import dev.ringback.schemas.Endpoint.Callback.Role;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The ids of what vendors group endpoints by, as fixed functions of whose they are, so that who
 * routes an event finds the same ones as who keeps the registry.
 */
public final class GroupIds {
    private GroupIds() {}

    /** The id of a TryVox application's record. */
    public static String application(String accountId, String applicationId) {
        return "app_" + hash(accountId, applicationId);
    }

    /** The id of the endpoint that is one URL of an application. */
    public static String member(String applicationRecordId, Role role) {
        return applicationRecordId + "_" + role;
    }

    /** The id of a Voicy agent's record. */
    public static String agent(String accountId, String agentId) {
        return "agt_" + hash(accountId, agentId);
    }

    /** The endpoint id of a URL that a call brings itself. */
    public static String ofCall(String accountId, String dialect, String purpose, String url) {
        return "cep_" + hash(accountId, dialect, purpose, url);
    }

    private static String hash(String... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String part : parts) {
                digest.update(part.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
            }
            byte[] half = new byte[15];
            System.arraycopy(digest.digest(), 0, half, 0, half.length);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(half).replace('_', '.');
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
