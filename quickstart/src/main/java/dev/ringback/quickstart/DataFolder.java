package dev.ringback.quickstart;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Where an installation keeps everything, for one process at a time and readable by its owner
 * alone. The lock goes away with the process, however that ends.
 */
final class DataFolder implements AutoCloseable {
    static final String LOCK_FILE = "ringback.lock";

    private final Path path;
    private final FileChannel lock;

    private DataFolder(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /**
     * Takes the folder for this process; makes it when it is missing.
     *
     * @throws Ringback.Refused when it is in use or cannot be used
     */
    static DataFolder open(Path wanted) {
        Path path = wanted.toAbsolutePath().normalize();
        try {
            if (Files.notExists(path)) {
                Files.createDirectories(
                        path,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
            }
            return new DataFolder(path, locked(path, wanted));
        } catch (IOException e) {
            throw new Ringback.Refused("cannot use " + wanted + " as the data folder: " + e);
        }
    }

    /** Its absolute path. */
    Path path() {
        return path;
    }

    /** The text kept in a file of this folder, made the first time. */
    String kept(String file, Supplier<String> made) {
        Path kept = path.resolve(file);
        try {
            if (Files.exists(kept)) {
                return Files.readString(kept).strip();
            }
            String text = made.get();
            write(file, text + System.lineSeparator());
            return text;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + kept, e);
        }
    }

    /** Writes a file at one stroke: whoever reads it finds the old text or the new, whole. */
    Path write(String file, String text) {
        Path target = path.resolve(file);
        Path fresh = path.resolve(file + ".new");
        try {
            Files.deleteIfExists(fresh);
            Files.createFile(
                    fresh,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
            Files.writeString(fresh, text, StandardCharsets.UTF_8);
            return Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + target, e);
        }
    }

    /** Lets go of the folder. */
    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot release " + path, e);
        }
    }

    /** Deletes the folder and all that is in it; what cannot be deleted stays. */
    static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted((a, b) -> b.compareTo(a)).forEach(file -> file.toFile().delete());
        } catch (IOException | UncheckedIOException e) {
            throw new Ringback.Refused("cannot delete " + folder + ": " + e.getMessage());
        }
    }

    private static FileChannel locked(Path path, Path shown) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        path.resolve(LOCK_FILE),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // The other one is in this very process: the same answer.
        }
        channel.close();
        throw new Ringback.Refused(shown + " is in use by another ringback");
    }
}
