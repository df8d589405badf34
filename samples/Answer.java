import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** Answers answer requests with a menu: java samples/Answer.java [PORT]. docs/webhooks.md says how to verify them. */
class Answer {
    void main(String[] arguments) throws Exception {
        int port = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 3001;
        byte[] menu = Files.readAllBytes(Path.of("samples", "menu.json"));
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                IO.println("asked: " + new String(exchange.getRequestBody().readAllBytes()));
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                exchange.sendResponseHeaders(200, menu.length);
                exchange.getResponseBody().write(menu);
            }
        });
        server.start();
        IO.println("answers on http://127.0.0.1:" + port);
    }
}
