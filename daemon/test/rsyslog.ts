import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { certificateIn } from '#test/certificate.ts'
import { listen } from '#test/proxy/rig.ts'

const PROGRAM = '/usr/sbin/rsyslogd'
const READY_MS = 15_000

/** A message as rsyslog has understood it. */
export interface ReceivedMessage {
  priority: string
  at: string
  host: string
  app: string
  process: string
  id: string
  data: string
  text: string
}

/** A real syslog server: TLS on one port, plain TCP on another. It can be stopped and started again. */
export async function startRsyslog() {
  if (!existsSync(PROGRAM))
    throw new Error('rsyslog is not installed: apt-get install rsyslog rsyslog-openssl')
  const folder = mkdtempSync(join(tmpdir(), 'vastrox-rsyslog-'))
  const pair = certificateIn(folder)
  const [tlsPort, plainPort] = [await freePort(), await freePort()]
  const file = join(folder, 'received')
  writeFileSync(
    join(folder, 'rsyslog.conf'),
    `global(
  workDirectory="${folder}"
  maxMessageSize="64k"
  defaultNetstreamDriverCAFile="${folder}/ca.pem"
  defaultNetstreamDriverCertFile="${folder}/ca.pem"
  defaultNetstreamDriverKeyFile="${folder}/key.pem"
)
module(load="imtcp")
input(type="imtcp" address="127.0.0.1" port="${tlsPort}" ruleset="net"
  StreamDriver.Name="ossl" StreamDriver.Mode="1" StreamDriver.AuthMode="anon")
input(type="imtcp" address="127.0.0.1" port="${plainPort}" ruleset="net"
  StreamDriver.Name="ptcp" StreamDriver.Mode="0")
template(name="each" type="string"
  string="%pri%\\t%timestamp:::date-rfc3339%\\t%hostname%\\t%app-name%\\t%procid%\\t%msgid%\\t%structured-data%\\t%msg%\\n")
ruleset(name="net") { action(type="omfile" file="${file}" template="each") }
`,
  )
  const said: string[] = []
  let child: ChildProcess | undefined

  async function start(): Promise<void> {
    child = spawn(PROGRAM, ['-n', '-f', join(folder, 'rsyslog.conf'), '-i', join(folder, 'pid')], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (part: Buffer) => said.push(part.toString()))
    const deadline = performance.now() + READY_MS
    while (!isListening(tlsPort) || !isListening(plainPort)) {
      if (performance.now() > deadline || child.exitCode !== null)
        throw new Error(`rsyslogd does not start: ${said.join('')}`)
      await sleep(50)
    }
  }
  async function stop(): Promise<void> {
    if (child === undefined || child.exitCode !== null) return
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  await start()

  return {
    tlsPort,
    plainPort,
    cert: pair.cert,
    said,
    start,
    stop,
    received: (): ReceivedMessage[] =>
      (existsSync(file) ? readFileSync(file, 'utf8') : '')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => {
          const [
            priority = '',
            at = '',
            host = '',
            app = '',
            process = '',
            id = '',
            data = '',
            ...text
          ] = line.split('\t')
          return { priority, at, host, app, process, id, data, text: text.join('\t') }
        }),
    async end(): Promise<void> {
      await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
export type Rsyslog = Awaited<ReturnType<typeof startRsyslog>>

async function freePort(): Promise<number> {
  const reserved = createServer()
  const port = await listen(reserved)
  reserved.close()
  return port
}

/** A connection would be a message of its own to it: the kernel is asked. */
function isListening(port: number): boolean {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  return readFileSync('/proc/net/tcp', 'utf8').includes(`0100007F:${hex} 00000000:0000 0A`)
}
