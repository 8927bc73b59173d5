import { Addon } from '@vastrox/shared/addon.ts'
import { afterAll, describe, expect, it } from 'vitest'
import { destroyApp } from '#support/apps.ts'
import { connectInstallation, until } from '#support/installation.ts'
import { createWorkingCopy } from '#support/working-copy.ts'

/**
 * Of each kind the first app on a server that has nothing prepared for it: its image is made within the
 * push. What comes after it finds the images there.
 */
const vastrox = connectInstallation()
const FIRST: Record<string, Record<string, string>> = {
  java: {
    'pom.xml': `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>com.example</groupId>
  <artifactId>first</artifactId>
  <version>1.0</version>
  <properties>
    <maven.compiler.release>21</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <build><plugins><plugin>
    <groupId>org.apache.maven.plugins</groupId>
    <artifactId>maven-jar-plugin</artifactId>
    <configuration><archive><manifest><mainClass>First</mainClass></manifest></archive></configuration>
  </plugin></plugins></build>
</project>
`,
    'src/main/java/First.java': `import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;

public class First {
  public static void main(String[] args) throws Exception {
    var port = Integer.parseInt(System.getenv("PORT"));
    var server = HttpServer.create(new InetSocketAddress(port), 0);
    server.createContext("/", exchange -> {
      exchange.sendResponseHeaders(200, 0);
      exchange.getResponseBody().write("Java answers\\n".getBytes());
      exchange.close();
    });
    server.start();
  }
}
`,
  },
  php: { 'index.php': '<?php echo "PHP answers\n";\n' },
  python: {
    'requirements.txt': '',
    'main.py': `import http.server, os

class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"Python answers\\n")

http.server.ThreadingHTTPServer(("", int(os.environ["PORT"])), Answer).serve_forever()
`,
    Procfile: 'web: python main.py\n',
  },
  go: {
    'go.mod': 'module example.com/first\n\ngo 1.24\n',
    'main.go': `package main

import (
	"fmt"
	"net/http"
	"os"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "Go answers") })
	panic(http.ListenAndServe(":"+os.Getenv("PORT"), nil))
}
`,
  },
  static: { 'index.html': '<p>Files answer</p>\n' },
}
const SAYS: Record<string, string> = {
  php: 'PHP',
  python: 'Python',
  go: 'Go',
  java: 'Java',
  static: 'Files',
}

const appOf = (kind: string): string => `first-${kind}`
const DATABASE = 'first-db'

afterAll(async () => {
  for (const kind of Object.keys(FIRST)) await destroyApp(vastrox, appOf(kind))
  await vastrox.api('DELETE', `/addons/${DATABASE}`, { confirm: DATABASE })
})

describe.concurrent('the first of its kind on this server', () => {
  it.each(Object.entries(FIRST))('%s is live by its first push', async (kind, files) => {
    const copy = createWorkingCopy(vastrox.remote(appOf(kind)))
    try {
      await copy.init()
      copy.write(files)
      await copy.commit('first')

      const pushed = await copy.push()

      expect(pushed.exitCode, pushed.output).toBe(0)
      expect((await vastrox.visit(appOf(kind))).body).toContain(`${SAYS[kind]} answer`)
    } finally {
      copy.remove()
    }
  })

  it('a database is there by one command', async () => {
    const made = await vastrox.command('addons:create', 'postgresql', DATABASE)

    expect(made.exitCode, made.stderr).toBe(0)
    await until('the database to run', async () => {
      const { state } = await vastrox.read(Addon, `/addons/${DATABASE}`)
      return state === 'running'
    })
  })
})
