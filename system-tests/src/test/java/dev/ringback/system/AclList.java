package dev.ringback.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/** The list of {@code docs/operations.md}: what each service needs to be allowed. */
final class AclList {
    private AclList() {}

    /** The ACLs of the users that are named like the services. */
    static List<AclBinding> documented() throws IOException {
        List<AclBinding> bindings = new ArrayList<>();
        boolean inside = false;
        for (String line : Files.readAllLines(Path.of("../docs/operations.md"))) {
            if (line.equals("```acl")) {
                inside = true;
            } else if (line.equals("```")) {
                inside = false;
            } else if (inside && !line.startsWith("#")) {
                bindings.addAll(bindings(line.strip().split("\\s+")));
            }
        }
        return bindings;
    }

    /** One line: who, on what ({@code *}: all that begin so), its name, what may be done. */
    private static List<AclBinding> bindings(String[] words) {
        boolean prefixed = words[1].endsWith("*");
        ResourceType type =
                switch (words[1].replace("*", "")) {
                    case "topic" -> ResourceType.TOPIC;
                    case "group" -> ResourceType.GROUP;
                    case "transaction" -> ResourceType.TRANSACTIONAL_ID;
                    default -> throw new IllegalArgumentException(words[1]);
                };
        ResourcePattern resource =
                new ResourcePattern(
                        type, words[2], prefixed ? PatternType.PREFIXED : PatternType.LITERAL);
        return Arrays.stream(words)
                .skip(3)
                .map(
                        operation ->
                                new AclBinding(
                                        resource,
                                        new AccessControlEntry(
                                                "User:" + words[0],
                                                "*",
                                                AclOperation.fromString(
                                                        operation.replaceAll(
                                                                "([a-z])([A-Z])", "$1_$2")),
                                                AclPermissionType.ALLOW)))
                .toList();
    }
}
