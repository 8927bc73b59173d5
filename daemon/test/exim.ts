import { type ChildProcess, spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { certificateIn } from '#test/certificate.ts'
import { listen } from '#test/proxy/rig.ts'

export const MAIL_USER = { user: 'vastrox', password: 'ZQ pass+word/é9' } as const

const PROGRAM = '/usr/sbin/exim4'
const READY_MS = 15_000

/**
 * A real SMTP server: STARTTLS on one port and TLS from the first byte on another, PLAIN and LOGIN once
 * it is encrypted, mail only for those who signed in. What it takes lies in one file.
 */
export async function startExim() {
  if (!existsSync(PROGRAM))
    throw new Error('exim is not installed: apt-get install exim4-daemon-light')
  const folder = mkdtempSync(join(tmpdir(), 'vastrox-exim-'))
  chmodSync(folder, 0o755)
  const pair = certificateIn(folder)
  const [startTlsPort, tlsPort] = [await freePort(), await freePort()]
  const spool = join(folder, 'spool')
  mkdirSync(spool)
  const box = join(folder, 'box')
  mkdirSync(box)
  chmodSync(box, 0o777)
  const mailFile = join(box, 'mail')
  chmodSync(join(folder, 'key.pem'), 0o644)
  writeFileSync(
    join(folder, 'exim.conf'),
    `exim_user = root
exim_group = root
never_users =
spool_directory = ${spool}
log_file_path = ${folder}/%slog
pid_file_path = ${folder}/pid
primary_hostname = mail.test
local_interfaces = 127.0.0.1
daemon_smtp_ports = ${startTlsPort} : ${tlsPort}
tls_on_connect_ports = ${tlsPort}
tls_advertise_hosts = *
tls_certificate = ${folder}/ca.pem
tls_privatekey = ${folder}/key.pem
auth_advertise_hosts = \${if def:tls_in_cipher {*}{}}
acl_smtp_rcpt = rcpt
host_lookup =
rfc1413_hosts =
queue_only = false
begin acl
rcpt:
  deny condition = \${if match{$local_part}{^nobody}} 
       message = no such person
  defer condition = \${if match{$local_part}{^later}}
       message = come back later
  accept authenticated = *
  deny message = relay not permitted
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if and{{eq{$auth2}{${MAIL_USER.user}}}{eq{$auth3}{${MAIL_USER.password}}}}}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = \${if and{{eq{$auth1}{${MAIL_USER.user}}}{eq{$auth2}{${MAIL_USER.password}}}}}
  server_set_id = $auth1
begin routers
all:
  driver = accept
  transport = file
begin transports
file:
  driver = appendfile
  file = ${mailFile}
  user = nobody
  group = nogroup
  envelope_to_add
`,
  )
  const said: string[] = []
  const child: ChildProcess = spawn(PROGRAM, ['-C', join(folder, 'exim.conf'), '-bdf', '-q1h'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: what still delivers would make its folders anew.
    detached: true,
  })
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (part: Buffer) => said.push(part.toString()))
  const deadline = performance.now() + READY_MS
  while (!(await answers(startTlsPort))) {
    if (performance.now() > deadline || child.exitCode !== null)
      throw new Error(`exim does not start: ${said.join('')}`)
    await sleep(50)
  }
  return {
    startTlsPort,
    tlsPort,
    cert: pair.cert,
    log: (): string => read(join(folder, 'mainlog')),
    /** What it has taken so far, one after another. */
    mails: (): string => read(mailFile),
    async stop(): Promise<void> {
      if (child.exitCode === null) {
        const ended = once(child, 'exit')
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
        await ended
      }
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
export type Exim = Awaited<ReturnType<typeof startExim>>

const read = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '')

async function freePort(): Promise<number> {
  const reserved = createServer()
  const port = await listen(reserved)
  reserved.close()
  return port
}

function answers(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect({ port, host: '127.0.0.1' })
  socket.on('data', () => {
    resolve(true)
    socket.destroy()
  })
  socket.on('error', () => resolve(false))
  return promise
}
