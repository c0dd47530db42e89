import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/**
 * What Avro Java makes of pairs of schemas; `avro_java.py` runs it.
 *
 * <p>Argument: a file with a pair in three lines: the reader's text, the writer's, payloads in Base64 with blanks
 * between them. Prints an object of JSON for each pair: the answer of its checker, the names that the reader's aliases
 * give to the writer's types and fields, and what is read of each payload; what raises is an object with its error.
 */
final class AvroJavaReads {
    public static void main(String[] arguments) throws IOException {
        ObjectMapper json = new ObjectMapper();
        List<String> lines = Files.readAllLines(Path.of(arguments[0]));
        for (int at = 0; at < lines.size(); at += 3) {
            Schema reader = new Schema.Parser().parse(lines.get(at));
            Schema writer = new Schema.Parser().parse(lines.get(at + 1));
            Map<String, Object> found = new LinkedHashMap<>();
            found.put("checker", checked(reader, writer));
            found.put("names", names(reader, writer));
            List<Object> read = new ArrayList<>();
            for (String payload : lines.get(at + 2).split(" ")) {
                read.add(read(reader, writer, Base64.getDecoder().decode(payload)));
            }
            found.put("read", read);
            System.out.println(json.writeValueAsString(found));
        }
    }

    private static Object checked(Schema reader, Schema writer) {
        try {
            return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getType().name();
        } catch (AvroRuntimeException raised) {
            return Map.of("error", String.valueOf(raised));
        }
    }

    /** Aliases are applied by the reader of data, and by the resolver once more. */
    private static Object names(Schema reader, Schema writer) {
        try {
            Schema renamed = Schema.applyAliases(Schema.applyAliases(writer, reader), reader);
            TreeSet<String> found = new TreeSet<>();
            compare(writer, renamed, new IdentityHashMap<>(), found);
            return found;
        } catch (AvroRuntimeException raised) {
            return Map.of("error", String.valueOf(raised));
        }
    }

    private static void compare(Schema own, Schema now, Map<Schema, Schema> seen, TreeSet<String> found) {
        switch (own.getType()) {
            case ENUM, FIXED -> found.add(own.getFullName() + " is " + now.getFullName());
            case ARRAY -> compare(own.getElementType(), now.getElementType(), seen, found);
            case MAP -> compare(own.getValueType(), now.getValueType(), seen, found);
            case UNION -> {
                for (int at = 0; at < own.getTypes().size(); at++) {
                    compare(own.getTypes().get(at), now.getTypes().get(at), seen, found);
                }
            }
            case RECORD -> {
                if (seen.put(own, now) != null) {
                    return;
                }
                found.add(own.getFullName() + " is " + now.getFullName());
                for (int at = 0; at < own.getFields().size(); at++) {
                    Schema.Field field = own.getFields().get(at);
                    Schema.Field renamed = now.getFields().get(at);
                    found.add(own.getFullName() + " " + field.name() + " is " + renamed.name());
                    compare(field.schema(), renamed.schema(), seen, found);
                }
            }
            default -> { }
        }
    }

    private static Object read(Schema reader, Schema writer, byte[] payload) {
        try {
            BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(payload, null);
            return String.valueOf(new GenericDatumReader<Object>(writer, reader).read(null, decoder));
        } catch (IOException | RuntimeException raised) {
            return Map.of("error", String.valueOf(raised));
        }
    }
}
