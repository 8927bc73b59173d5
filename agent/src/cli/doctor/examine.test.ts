import { chmod, mkdir, rm, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { ExposedPort } from '@vastrox/shared/exposure.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { examine } from '#agent/cli/doctor/examine.ts'
import { NO_ACCOUNT } from '#agent/cli/doctor/subject.ts'
import { APP, createPatient, NOW, type Patient } from '#test/doctor-patient.ts'

const DAY_MS = 86_400_000

let patient: Patient
beforeEach(async () => {
  patient = await createPatient()
})
afterEach(() => patient.bury())

/** What is not well; a healthy one has nothing. */
const complaints = async () =>
  (await examine(patient.subject)).filter(({ level }) => level !== 'ok')

const processOf = ({ world }: Patient, name: string) => {
  const found = world.processes.find((each) => each.name === name)
  if (!found) throw new Error(`there is no process ${name}`)
  return found
}

const exposed = (changes: Partial<ExposedPort>): ExposedPort => ({
  protocol: 'tcp',
  port: 6379,
  addresses: ['0.0.0.0'],
  by: {
    kind: 'container',
    name: 'cache',
    pid: null,
    user: null,
    unit: null,
    image: 'redis:7',
    ours: false,
  },
  reach: 'world',
  to: [],
  because: '',
  tested: null,
  warning: null,
  ...changes,
})

/** A raw port of an app, as the agent keeps it. */
async function published({ paths }: Patient): Promise<void> {
  const port = { appId: 'app00001', title: 'game (web)', protocol: 'tcp', to: 25_565 }
  const limits = { sources: [], newPerSecond: null, connections: null, spared: [] }
  const place = { first: 25_565, last: 25_565, targets: ['10.128.4.2'], subnet: '10.128.4.0/22' }
  await mkdir(join(paths.agent, 'firewall'), { recursive: true })
  const path = join(paths.agent, 'firewall', 'ports.json')
  await writeFile(path, JSON.stringify([{ ...port, ...limits, ...place }]))
}

type Fault = [
  name: string,
  plant: (patient: Patient) => unknown,
  finding: { check: string; level: 'warn' | 'bad'; message: RegExp; hint: RegExp },
]

const FAULTS: Fault[] = [
  [
    'nothing runs at all',
    ({ world }) => (world.isUp = false),
    { check: 'processes', level: 'bad', message: /does not run/, hint: /vastrox up/ },
  ],
  [
    'the daemon is dead',
    (it) =>
      Object.assign(processOf(it, 'daemon'), { pid: null, state: 'waiting', lastExit: 'SIGKILL' }),
    {
      check: 'processes',
      level: 'bad',
      message: /daemon does not run \(SIGKILL\)/,
      hint: /daemon\.log/,
    },
  ],
  [
    'the agent refuses to run',
    (it) => Object.assign(processOf(it, 'agent'), { pid: null, state: 'refused' }),
    { check: 'processes', level: 'bad', message: /agent refuses to run/, hint: /agent\.log/ },
  ],
  [
    'the daemon is restarted over and over',
    (it) => Object.assign(processOf(it, 'daemon'), { restarts: 9, lastExit: 'exit code 1' }),
    {
      check: 'processes',
      level: 'warn',
      message: /restarted 9 times, last after exit code 1/,
      hint: /log/,
    },
  ],
  [
    'a proxy worker is missing',
    ({ world }) => (world.processes = world.processes.filter(({ name }) => name !== 'proxy-1')),
    { check: 'routing', level: 'bad', message: /proxy-1 is missing/, hint: /vastrox restart/ },
  ],
  [
    'a port is taken',
    ({ world }) => world.strangers.set(80, 'apache2'),
    {
      check: 'ports',
      level: 'bad',
      message: /Port 80 is used by apache2 \(pid 4711\)/,
      hint: /Stop it/,
    },
  ],
  [
    'nothing listens on a port',
    ({ world }) => world.holders.delete(443),
    {
      check: 'ports',
      level: 'bad',
      message: /Nothing listens on port 443/,
      hint: /vastrox status/,
    },
  ],
  [
    'the socket of the agent is missing',
    ({ paths }) => unlink(paths.agentSocket),
    { check: 'files', level: 'bad', message: /agent\.sock is missing/, hint: /restart/ },
  ],
  [
    'the socket of the agent is open to everybody',
    ({ paths }) => chmod(paths.agentSocket, 0o666),
    {
      check: 'files',
      level: 'bad',
      message: /agent\.sock has the rights 0666 in place of 0660/,
      hint: /restart/,
    },
  ],
  [
    'the socket of the agent has the wrong owner',
    ({ subject }) => (subject.owners.root = { uid: 4_711, gid: 4_711 }),
    {
      check: 'files',
      level: 'bad',
      message: /agent\.sock belongs to \d+:\d+ in place of 4711:/,
      hint: /restart/,
    },
  ],
  [
    'the account of the daemon is gone',
    ({ subject }) => (subject.owners.daemon = NO_ACCOUNT),
    {
      check: 'files',
      level: 'bad',
      message: /There is no account vastrox on/,
      hint: /install\.sh/,
    },
  ],
  [
    'others may read the master key',
    ({ paths }) => chmod(paths.masterKey, 0o644),
    {
      check: 'files',
      level: 'bad',
      message: /master\.key has the rights 0644/,
      hint: /chmod 0600/,
    },
  ],
  [
    'the master key is missing',
    ({ paths }) => unlink(paths.masterKey),
    { check: 'files', level: 'bad', message: /master\.key is missing/, hint: /install\.sh/ },
  ],
  [
    'others may look into the directory of the daemon',
    ({ paths }) => chmod(paths.daemon, 0o755),
    {
      check: 'files',
      level: 'bad',
      message: /daemon has the rights 0755 in place of 0700/,
      hint: /install\.sh/,
    },
  ],
  [
    'the disk is mounted read-only',
    ({ world }) => world.files.set('/proc/self/mounts', '/dev/vda1 / ext4 ro,relatime 0 0'),
    { check: 'files', level: 'bad', message: /mounted read-only/, hint: /dmesg/ },
  ],
  [
    'the database is missing',
    ({ paths }) => unlink(paths.controlDatabase),
    {
      check: 'database',
      level: 'bad',
      message: /control\.db is missing/,
      hint: /Restore a backup/,
    },
  ],
  [
    'the database may not be written',
    ({ paths }) => chmod(paths.controlDatabase, 0o444),
    {
      check: 'database',
      level: 'bad',
      message: /may not write to its database/,
      hint: /chmod 0600/,
    },
  ],
  [
    'the database is no database any more',
    ({ paths }) => writeFile(paths.controlDatabase, 'x'.repeat(8_192)),
    {
      check: 'database',
      level: 'bad',
      message: /damaged: it is no database/,
      hint: /Restore a backup/,
    },
  ],
  [
    'a page of the database is damaged',
    async ({ paths }) => {
      const database = new DatabaseSync(paths.controlDatabase)
      database.exec(
        'CREATE TABLE big (x TEXT); INSERT INTO big SELECT hex(randomblob(600)) FROM meta, meta',
      )
      for (let at = 0; at < 7; at++) database.exec('INSERT INTO big SELECT x FROM big')
      database.close()
      const { open } = await import('node:fs/promises')
      const file = await open(paths.controlDatabase, 'r+')
      for (const page of [4, 5, 6, 7, 8])
        await file.write(Buffer.alloc(4_000, 0xff), 0, 4_000, page * 4_096)
      await file.close()
    },
    {
      check: 'database',
      level: 'bad',
      message: /control\.db is damaged/,
      hint: /Restore a backup/,
    },
  ],
  [
    'the disk is below its floor',
    ({ world }) => (world.space = { ...world.space, availableBytes: 2 ** 30 }),
    {
      check: 'disk',
      level: 'bad',
      message: /must stay free: no push and no build/,
      hint: /du -sh/,
    },
  ],
  [
    'inodes run out',
    ({ world }) => (world.space = { ...world.space, availableInodes: 50_000 }),
    { check: 'inodes', level: 'bad', message: /Only 50000 more files/, hint: /inodes/ },
  ],
  [
    'the engine is dead',
    async (it) => {
      await it.endEngine()
      await rm(it.engineSocket, { force: true })
    },
    {
      check: 'engine',
      level: 'bad',
      message: /Docker does not answer.*ENOENT/,
      hint: /dockerd\.log|journalctl/,
    },
  ],
  [
    'the engine does not take connections',
    async (it) => {
      await it.endEngine()
      // A socket that nobody listens on any more.
      const { createServer } = await import('node:net')
      const left = createServer()
      await new Promise<void>((resolve) => {
        left.listen(`${it.engineSocket}.left`, resolve)
      })
      const { rename } = await import('node:fs/promises')
      await rename(`${it.engineSocket}.left`, it.engineSocket)
      await new Promise<void>((resolve) => {
        left.close(() => resolve())
      })
    },
    { check: 'engine', level: 'bad', message: /ECONNREFUSED/, hint: /dockerd\.log|journalctl/ },
  ],
  [
    'the engine ends containers when it is restarted',
    ({ answers }) => Object.assign(answers['/info'] ?? {}, { LiveRestoreEnabled: false }),
    { check: 'engine', level: 'warn', message: /live-restore is off/, hint: /daemon\.json/ },
  ],
  [
    'runc lets containers out',
    ({ answers }) =>
      Object.assign(answers['/version'] ?? {}, {
        Components: [{ Name: 'runc', Version: '1.1.11' }],
      }),
    { check: 'engine', level: 'bad', message: /CVE-2024-21626/, hint: /Update it/ },
  ],
  [
    'nftables is missing',
    ({ world }) =>
      (world.tables = () =>
        Promise.reject(
          new CodedError('FIREWALL_UNAVAILABLE', { reason: 'nftables is not installed.' }),
        )),
    {
      check: 'firewall',
      level: 'bad',
      message: /nftables is not installed/,
      hint: /apt-get install nftables/,
    },
  ],
  [
    'a change of the firewall waits',
    (it) => plantPending(it, NOW.getTime() + 30_000),
    {
      check: 'firewall',
      level: 'warn',
      message: /waits for its confirmation until/,
      hint: /firewall:confirm/,
    },
  ],
  [
    'a change of the firewall was never taken back',
    (it) => plantPending(it, NOW.getTime() - 30_000),
    {
      check: 'firewall',
      level: 'bad',
      message: /neither confirmed nor taken back/,
      hint: /restart/,
    },
  ],
  [
    'nothing is let through to raw ports',
    async (patient) => {
      await published(patient)
      patient.world.forwarding = 'the line is not there.'
    },
    {
      check: 'raw-ports',
      level: 'bad',
      message: /^Nothing gets to .* the line is not there/,
      hint: /--process agent/,
    },
  ],
  [
    'flows of UDP cannot be moved',
    async (patient) => {
      await published(patient)
      patient.world.hasConntrack = false
    },
    { check: 'raw-ports', level: 'warn', message: /conntrack is missing/, hint: /apt-get install/ },
  ],
  [
    'a program listens where a raw port is',
    async (patient) => {
      await published(patient)
      const { exposure } = patient.world
      patient.world.exposure = { ...exposure, ports: [exposed({ port: 25_565 })] }
    },
    {
      check: 'raw-ports',
      level: 'warn',
      message: /cache listens on 25565\/tcp, which is a port of game/,
      hint: /ports:remove/,
    },
  ],
  [
    'the table of the firewall is gone',
    ({ world }) => (world.tables = async () => ['ip nat']),
    {
      check: 'firewall',
      level: 'bad',
      message: /table is not in the kernel/,
      hint: /flush ruleset/,
    },
  ],
  [
    'the table of the firewall was changed by somebody else',
    ({ world }) =>
      (world.exposure = {
        ...world.exposure,
        problem: 'Somebody has changed the firewall’s table.',
      }),
    { check: 'firewall', level: 'bad', message: /Somebody has changed/, hint: /nft monitor/ },
  ],
  [
    'the confirmed rules of the firewall are damaged',
    ({ paths }) => writeFile(join(paths.agent, 'firewall/confirmed.json'), '{'),
    {
      check: 'firewall',
      level: 'bad',
      message: /confirmed\.json cannot be read/,
      hint: /apply them anew/,
    },
  ],
  [
    'the certificate of the CA is about to end',
    ({ world }) => (world.now = new Date('2056-10-20T12:00:00.000Z')),
    { check: 'ca', level: 'bad', message: /The CA ends in \d+ days/, hint: /install\.sh/ },
  ],
  [
    'the file of the CA is missing',
    ({ paths }) => unlink(paths.caFile),
    { check: 'ca', level: 'bad', message: /ca\.pem is missing/, hint: /install\.sh/ },
  ],
  [
    'the machine does not trust the CA',
    ({ anchor }) => unlink(anchor),
    { check: 'ca', level: 'bad', message: /does not trust the CA/, hint: /install\.sh/ },
  ],
  [
    'the dashboard is signed by somebody else',
    ({ world }) => (world.handshake = async () => 'self-signed certificate'),
    { check: 'ca', level: 'bad', message: /self-signed certificate/, hint: /install\.sh/ },
  ],
  [
    'the clock is not synchronised',
    ({ world }) => world.said.set('/usr/bin/timedatectl', 'NTPSynchronized=no'),
    {
      check: 'clock',
      level: 'warn',
      message: /not synchronised, though chronyd runs/,
      hint: /timesyncd/,
    },
  ],
  [
    'nothing keeps the clock',
    ({ world }) => {
      world.said.delete('/usr/bin/timedatectl')
      world.files.delete('/proc/50/comm')
    },
    { check: 'clock', level: 'warn', message: /Nothing keeps the clock/, hint: /timesyncd/ },
  ],
  [
    'the clock is far behind',
    ({ world }) => (world.now = new Date(NOW.getTime() - 30 * DAY_MS)),
    { check: 'clock', level: 'bad', message: /before Vastrox was installed/, hint: /timesyncd/ },
  ],
  [
    'the stored routes are older than what the daemon decided',
    ({ paths }) => writeFile(join(paths.proxy, 'current'), '000000000005-0123456789ab\n'),
    {
      check: 'routing',
      level: 'warn',
      message: /number 5, and the daemon has decided number 7/,
      hint: /restart/,
    },
  ],
  [
    'a certificate nears its end',
    ({ paths }) => {
      const database = new DatabaseSync(paths.controlDatabase)
      const at = (days: number): string => new Date(NOW.getTime() + days * DAY_MS).toISOString()
      database
        .prepare('INSERT INTO certificates VALUES (?, ?, ?, ?, ?)')
        .run('["blog.example.com"]', 'letsencrypt', at(-85), at(-85), at(5))
      database.close()
    },
    {
      check: 'certificates',
      level: 'bad',
      message: /blog\.example\.com ends in 5 days and has not been renewed/,
      hint: /vastrox certificates/,
    },
  ],
  [
    'the network of an app is gone',
    ({ answers }) => (answers['/networks'] = []),
    {
      check: 'containers',
      level: 'bad',
      message: /network of vastrox-web-1 is gone/,
      hint: /vastrox restart/,
    },
  ],
  [
    'a container belongs to no app',
    ({ paths }) => {
      const database = new DatabaseSync(paths.controlDatabase)
      database.exec(`DELETE FROM apps WHERE id = '${APP}'`)
      database.close()
    },
    {
      check: 'containers',
      level: 'warn',
      message: /belongs to no app any more: vastrox-web-1/,
      hint: /docker rm/,
    },
  ],
  [
    'a small machine has no swap',
    ({ world }) =>
      world.files.set(
        '/proc/meminfo',
        'MemTotal: 1000000 kB\nMemAvailable: 600000 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB',
      ),
    { check: 'memory', level: 'warn', message: /no swap: builds may fail/, hint: /--swap/ },
  ],
  [
    'hardly any memory is left',
    ({ world }) =>
      world.files.set(
        '/proc/meminfo',
        'MemTotal: 8000000 kB\nMemAvailable: 90000 kB\nSwapTotal: 0 kB',
      ),
    {
      check: 'memory',
      level: 'bad',
      message: /88 MB of memory available/,
      hint: /Scale apps down/,
    },
  ],
  [
    'limits are too low',
    ({ world }) => world.files.set('/proc/103/limits', 'Max open files   1024   1024   files'),
    { check: 'limits', level: 'bad', message: /may open 1024 files/, hint: /LimitNOFILE/ },
  ],
  [
    'the old version runs on',
    ({ world }) => (world.version = '0.0.9-ffffffff'),
    {
      check: 'programs',
      level: 'bad',
      message: /Version 0\.0\.9-ffffffff runs/,
      hint: /install\.sh/,
    },
  ],
  [
    'an upgrade was cut off',
    ({ programs }) => mkdir(join(programs, '0.2.0-11111111.4711.new')),
    {
      check: 'programs',
      level: 'warn',
      message: /upgrade was cut off: .*0\.2\.0-11111111\.4711\.new/,
      hint: /install\.sh/,
    },
  ],
  [
    'the programs are gone',
    ({ programs, world }) => rm(join(programs, world.version), { recursive: true }),
    { check: 'programs', level: 'bad', message: /leads to no version/, hint: /install\.sh/ },
  ],
  [
    'the hook of git is gone',
    ({ paths }) => unlink(join(paths.gitHooks, 'proc-receive')),
    { check: 'programs', level: 'bad', message: /no push is taken/, hint: /install\.sh/ },
  ],
  [
    'a foreign container is published to the world',
    ({ world }) =>
      (world.exposure = {
        ...world.exposure,
        ports: [
          exposed({
            warning: {
              level: 'warn',
              message: 'Docker has published port 6379 of the container cache to everybody.',
              hint: 'Fence the port.',
              canFence: true,
            },
          }),
        ],
      }),
    {
      check: 'exposure',
      level: 'warn',
      message: /port 6379 of the container cache/,
      hint: /Fence/,
    },
  ],
  [
    'a test found a port otherwise than it was worked out',
    ({ world }) =>
      (world.exposure = {
        ...world.exposure,
        ports: [exposed({ tested: { at: NOW.toISOString(), tries: [], agrees: false } })],
      }),
    {
      check: 'exposure',
      level: 'warn',
      message: /Port 6379\/tcp \(cache\)/,
      hint: /another firewall/,
    },
  ],
  [
    'security updates wait',
    ({ world }) =>
      world.said.set(
        '/usr/bin/nice',
        'Inst libssl3 [3.0.1] (3.0.2 Debian-Security:12/stable-security [amd64])\nInst vim [1] (2 Debian:12/stable [amd64])',
      ),
    {
      check: 'updates',
      level: 'warn',
      message: /1 security update waits since 2026-11-26: libssl3\./,
      hint: /apt-get/,
    },
  ],
  [
    'the lists of packages are old',
    ({ world }) => world.modified.set('/var/lib/apt/lists', new Date(NOW.getTime() - 30 * DAY_MS)),
    { check: 'updates', level: 'warn', message: /30 days old/, hint: /apt-get update/ },
  ],
  [
    'a restart of the machine is due',
    ({ world }) => world.names.set('/boot', ['vmlinuz-6.12.0-1-amd64', 'vmlinuz-6.12.0-10-amd64']),
    {
      check: 'reboot',
      level: 'warn',
      message: /6\.12\.0-10-amd64 is installed, and 6\.12\.0-1-amd64 runs/,
      hint: /reboot/,
    },
  ],
  [
    'programs run with libraries that were replaced',
    ({ world }) => {
      world.files.set(
        '/proc/50/maps',
        '7f0000-7f1000 r-xp 00000000 fe:00 42   /usr/lib/x86_64-linux-gnu/libssl.so.3 (deleted)',
      )
    },
    {
      check: 'reboot',
      level: 'warn',
      message: /One program runs with libraries .*chronyd/,
      hint: /systemctl restart/,
    },
  ],
  [
    'the domain leads elsewhere',
    ({ world }) =>
      (world.domain = { leadsHere: false, problems: ['example.test leads to 192.0.2.1'] }),
    { check: 'dns', level: 'warn', message: /leads to 192\.0\.2\.1/, hint: /record/ },
  ],
]

async function plantPending({ paths }: Patient, untilMs: number): Promise<void> {
  const { readFile } = await import('node:fs/promises')
  const confirmed = await readFile(join(paths.agent, 'firewall/confirmed.json'), 'utf8')
  const kept = { ...JSON.parse(confirmed), generation: 2, until: new Date(untilMs).toISOString() }
  await writeFile(join(paths.agent, 'firewall/pending-2.json'), JSON.stringify(kept))
}

describe('vastrox doctor', () => {
  it('has nothing to say about a healthy installation, and says what it looked at', async () => {
    expect(await complaints()).toEqual([])
    const checks = new Set((await examine(patient.subject)).map(({ check }) => check))
    expect(checks.size).toBeGreaterThan(15)
  })

  it.each(FAULTS)('names the fault: %s', async (_name, plant, { check, level, message, hint }) => {
    await plant(patient)

    const found = await complaints()

    expect(found).toContainEqual(
      expect.objectContaining({
        check,
        level,
        message: expect.stringMatching(message),
        hint: expect.stringMatching(hint),
      }),
    )
    // One line each, and always with what to do.
    for (const complaint of found) {
      expect(complaint.message).not.toContain('\n')
      expect(complaint.hint).not.toBe('')
      expect(complaint.hint).not.toBe('Report it.')
    }
  })

  it('goes on when one thing cannot be looked at', async () => {
    patient.subject.exposure = () => Promise.reject(new Error('no /proc'))

    const found = await complaints()

    expect(found).toMatchObject([
      { check: 'exposure', message: expect.stringContaining('no /proc') },
    ])
  })
})
