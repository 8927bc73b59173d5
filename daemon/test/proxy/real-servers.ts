import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

export interface RealServer {
  port: number
  /** The paths that it has written down, in its own log. Ends it. */
  seenPaths: () => Promise<string[]>
}

interface Recipe {
  program: string
  /** Of Debian; installed where it is missing. */
  packages: string[]
  /** Its answers name the path that was asked for. */
  echoes: boolean
  configure: (directory: string, port: number) => string
  args: (file: string, directory: string, port: number) => string[]
}

const execute = promisify(execFile)

/** The servers that apps stand behind or are made of, each with a log of requests and nothing else. */
export const REAL_SERVERS: Record<string, Recipe> = {
  nginx: {
    program: '/usr/sbin/nginx',
    packages: ['nginx-light'],
    echoes: true,
    configure: (directory, port) => `
daemon off; master_process off; pid ${directory}/pid; error_log ${directory}/error.log;
events {}
http {
  log_format paths '$request'; access_log ${directory}/log paths;
  client_body_temp_path ${directory}/a; proxy_temp_path ${directory}/b; fastcgi_temp_path ${directory}/c;
  uwsgi_temp_path ${directory}/d; scgi_temp_path ${directory}/e;
  keepalive_requests 100000;
  server { listen 127.0.0.1:${port}; merge_slashes off; location / { return 200 "$request_uri is what was asked"; } }
}`,
    args: (file) => ['-c', file],
  },
  apache2: {
    program: '/usr/sbin/apache2',
    packages: ['apache2-bin'],
    echoes: false,
    configure: (directory, port) => `
ServerRoot ${directory}
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule alias_module /usr/lib/apache2/modules/mod_alias.so
Listen 127.0.0.1:${port}
ServerName app.test
PidFile ${directory}/pid
ErrorLog ${directory}/error.log
User www-data
Group www-data
KeepAlive On
MaxKeepAliveRequests 0
DocumentRoot ${directory}
AliasMatch ^ ${directory}/body
<Directory ${directory}>
  Require all granted
</Directory>
AllowEncodedSlashes NoDecode
LogFormat "%r" paths
CustomLog ${directory}/log paths`,
    args: (file) => ['-f', file, '-D', 'FOREGROUND'],
  },
  haproxy: {
    program: '/usr/sbin/haproxy',
    packages: ['haproxy'],
    echoes: true,
    configure: (_directory, port) => `
global
  log stdout format raw local0
defaults
  mode http
  timeout client 30s
  timeout http-keep-alive 30s
  log global
  log-format "%{+Q}r"
frontend plain
  bind 127.0.0.1:${port}
  http-request wait-for-body time 10s
  http-request return status 200 content-type text/plain lf-string "%[path] is what was asked"`,
    args: (file) => ['-db', '-f', file],
  },
  lighttpd: {
    program: '/usr/sbin/lighttpd',
    packages: ['lighttpd'],
    echoes: false,
    configure: (directory, port) => `
server.modules = ( "mod_accesslog", "mod_alias" )
server.document-root = "${directory}"
server.bind = "127.0.0.1"
server.port = ${port}
server.max-keep-alive-requests = 10000
accesslog.filename = "${directory}/log"
accesslog.format = "%r"`,
    args: (file) => ['-D', '-f', file],
  },
  gunicorn: {
    program: '/usr/bin/gunicorn',
    packages: ['gunicorn'],
    echoes: true,
    configure: () => `
def app(environ, start_response):
    environ['wsgi.input'].read()
    body = (environ['RAW_URI'] + ' is what was asked').encode('latin1')
    start_response('200 OK', [('Content-Length', str(len(body)))])
    return [body]
`,
    args: (_file, directory, port) =>
      ['--bind', `127.0.0.1:${port}`, '--worker-class', 'gthread', '--threads', '16']
        .concat(['--keep-alive', '60', '--access-logfile', `${directory}/log`])
        .concat(['--access-logformat', '%(m)s %(U)s HTTP', '--chdir', directory, 'app:app']),
  },
  node: {
    program: process.execPath,
    packages: [],
    echoes: true,
    configure: (directory, port) => `
const { appendFileSync } = require('node:fs')
require('node:http').createServer((req, res) => {
  appendFileSync('${directory}/log', req.method + ' ' + req.url + ' HTTP\\n')
  req.on('error', () => undefined).resume()
  res.end(req.url + ' is what was asked')
}).listen(${port}, '127.0.0.1')`,
    args: (file) => [file],
  },
}

/** Starts it on a port of its own; everything of it is gone after `end`. */
export async function startRealServer(name: string, recipe: Recipe, port: number) {
  if (!existsSync(recipe.program)) await install(recipe.packages)
  const directory = await mkdtemp(join(tmpdir(), `vastrox-real-${name}-`))
  // Some of them serve as another user.
  await chmod(directory, 0o755)
  await writeFile(join(directory, 'body'), 'what was asked')
  const file = join(directory, name === 'gunicorn' ? 'app.py' : 'config')
  await writeFile(file, `${recipe.configure(directory, port)}\n`)
  const child = spawn(recipe.program, recipe.args(file, directory, port), {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let printed = ''
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString('latin1')
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await untilListening(port, child)

  return {
    /** The paths of its log, once it has written all of it. */
    async seenPaths(): Promise<string[]> {
      child.kill('SIGTERM')
      await ended
      const log = await readFile(join(directory, 'log'), 'latin1').catch(() => printed)
      return log
        .split('\n')
        .map((line) => /^"?[A-Z]+ (\S+) HTTP/.exec(line)?.[1])
        .filter((path) => path !== undefined)
    },
    async end(): Promise<void> {
      child.kill('SIGKILL')
      await ended
      await rm(directory, { recursive: true, force: true })
    },
  }
}

async function install(packages: string[]): Promise<void> {
  // A package must not start a server on the ports of this machine.
  const env = { ...process.env, RUNLEVEL: '1', DEBIAN_FRONTEND: 'noninteractive' }
  await execute('/usr/bin/apt-get', ['install', '-y', '--no-install-recommends', ...packages], {
    env,
    timeout: 300_000,
  })
}

async function untilListening(port: number, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} has ended`)
    const isUp = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('error', () => resolve(false))
      socket.once('connect', () => {
        socket.destroy()
        resolve(true)
      })
    })
    if (isUp) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`${child.spawnfile} does not listen`)
}
