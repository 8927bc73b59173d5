import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { run } from '@vastrox/shared/node/run.ts'
import { z } from 'zod'
import { ROOT_MARK } from '#agent/backups/locations/local.ts'
import { backupSettingsFileOf, rootIdOf, writeBackupSettings } from '#agent/backups/settings.ts'
import { collect } from '#test/collect.ts'
import { runAgent } from '#test/running-agent.ts'

/**
 * How fast backups are beside the same tools by hand, in turns on the same content, into fresh
 * repositories: `node agent/test/bench-backups.ts <MiB of files> <MiB of rows> <rounds>`; one line of JSON.
 */
const [filesMib = 2_048, rowsMib = 512, rounds = 3] = process.argv.slice(2).map(Number)
const RESTIC = '/usr/bin/restic'
const PASSWORD = 'a long password of the repository'
const OWNER = 'addonbench0001'
const VOLUME = 'volumebench01'
const PG_ENV = { PGUSER: 'postgres', PGPASSWORD: 'secret', PGHOST: '127.0.0.1' }
const HOUR_MS = 3_600_000

const Executed = z.object({ exitCode: z.number(), stderr: z.string() })

/** `full` on a machine that is busy with something else: it would otherwise measure that it gives way. */
const weight = process.env['VASTROX_BACKUPS_WEIGHT'] ?? 'low'
const agent = await runAgent({ VASTROX_BACKUPS_WEIGHT: weight })
const client = agent.client()
const disk = await mkdtemp('/var/tmp/vastrox-bench-backups-')
let count = 0

async function timed(work: () => Promise<void>): Promise<number> {
  const begun = performance.now()
  await work()
  return Math.round(performance.now() - begun)
}

async function ours(content: unknown): Promise<void> {
  const folder = `ours-${++count}`
  const repository = {
    location: { type: 'local', rootId: rootIdOf(disk), folder },
    password: PASSWORD,
  }
  await client.call('open-repository', { repository })
  const spec = {
    backupId: `benchbackup${count}`,
    repository,
    host: 'bench',
    tags: [],
    content,
    timeoutMs: HOUR_MS,
  }
  const json = Buffer.from(JSON.stringify(spec))
  const head = Buffer.alloc(4)
  head.writeUInt32BE(json.length)
  took.ours = await timed(async () => {
    const events = await collect(client.framed('back-up', Readable.from([head, json])))
    if (events.at(-1)?.type !== 'done') throw new Error(JSON.stringify(events.at(-1)))
  })
  await rm(join(disk, folder), { recursive: true })
}

async function byHand(work: (env: Record<string, string>) => Promise<void>): Promise<void> {
  const folder = join(disk, `by-hand-${++count}`)
  const env = { RESTIC_REPOSITORY: folder, RESTIC_PASSWORD: PASSWORD, HOME: disk, TMPDIR: disk }
  await run(RESTIC, ['--no-cache', 'init'], { env, timeoutMs: 60_000 })
  took.byHand = await timed(() => work(env))
  await rm(folder, { recursive: true })
}

const took = { ours: 0, byHand: 0 }

/** Whoever is first in a round is second in the next. */
async function inTurns(one: () => Promise<void>, other: () => Promise<void>) {
  const times: { ours: number[]; byHand: number[] } = { ours: [], byHand: [] }
  for (let round = 0; round < rounds; round++) {
    for (const work of round % 2 === 0 ? [one, other] : [other, one]) await work()
    times.ours.push(took.ours)
    times.byHand.push(took.byHand)
  }
  const [oursMs, byHandMs] = [medianOf(times.ours), medianOf(times.byHand)]
  return { oursMs, byHandMs, ratio: Math.round((byHandMs / oursMs) * 1_000) / 1_000, times }
}

const medianOf = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0

async function makeFiles(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const half = Math.floor(filesMib / 2)
  for (let file = 0; file < Math.max(1, Math.floor(half / 64)); file++) {
    const out = createWriteStream(join(folder, `large-${file}`))
    for (let piece = 0; piece < 64; piece++)
      if (!out.write(randomBytes(2 ** 20)))
        await new Promise((resolve) => out.once('drain', resolve))
    out.end()
    await finished(out)
  }
  for (let file = 0; file < half * 16; file++) {
    const place = join(folder, `folder-${file % 100}`)
    if (file < 100) await mkdir(place)
    await writeFile(join(place, `small-${file}`), randomBytes(64 * 2 ** 10))
  }
}

async function startDatabase(): Promise<void> {
  await collect(client.stream('prepare-image', { stack: 'postgresql', version: '17' }))
  await client.call('start-addon', {
    addonId: OWNER,
    addonName: 'bench',
    generation: 1,
    image: { prepared: { stack: 'postgresql', version: '17' } },
    command: ['postgres', '-c', 'shared_buffers=64MB', '-c', 'fsync=off'],
    env: { POSTGRES_PASSWORD: 'secret' },
    volume: { volumeId: 'volumebench02', mountPath: '/data', isNew: true },
    limits: { memoryBytes: 512 * 2 ** 20, cpuMillis: 0 },
    stopGraceMs: 10_000,
  })
  const sql = `CREATE TABLE rows AS SELECT n, md5(n::text) a, md5((n * 7)::text) b, repeat(md5((n * 13)::text), 28) c FROM generate_series(1, ${rowsMib * 1_000}) n;`
  for (let turn = 0; turn < 600; turn++) {
    const { body } = await client.call('exec-addon', {
      addonId: OWNER,
      argv: ['psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', 'postgres'],
      stdin: sql,
      env: PG_ENV,
      timeoutMs: 600_000,
    })
    const made = Executed.safeParse(body).data
    if (made?.exitCode === 0) return
    await sleep(500)
  }
  throw new Error('the database did not become ready')
}

/** pg_dump | restic backup --stdin, by hand. */
async function dumpByHand(env: Record<string, string>): Promise<void> {
  const variables = Object.entries(PG_ENV).flatMap(([name, value]) => ['-e', `${name}=${value}`])
  const name = `vastrox-${agent.instance}-addon-${OWNER}-1`
  const dump = spawn(
    '/usr/bin/docker',
    ['exec', ...variables, name, 'pg_dump', '-Fc', '-Z0', 'postgres'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const restic = spawn(
    RESTIC,
    ['--no-cache', 'backup', '--stdin', '--stdin-filename', 'dump.pgc'],
    {
      stdio: ['pipe', 'ignore', 'inherit'],
      env,
    },
  )
  const ended = new Promise<void>((resolve, reject) => {
    restic.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`restic ${code}`))))
  })
  await pipeline(dump.stdout, restic.stdin)
  await ended
}

try {
  await writeFile(join(disk, ROOT_MARK), rootIdOf(disk))
  await writeBackupSettings(backupSettingsFileOf(agent.paths.agent), {
    roots: [{ rootId: rootIdOf(disk), path: disk }],
    networks: [],
  })
  const folder = join(agent.paths.volumes, VOLUME)
  await makeFiles(folder)
  await writeFile(`${folder}.json`, JSON.stringify({ appId: OWNER }))
  const volume = { type: 'volume', ownerId: OWNER, volumeId: VOLUME, mode: 'live' }
  const files = await inTurns(
    () => ours(volume),
    () =>
      byHand(async (env) => {
        const done = await run(RESTIC, ['--no-cache', 'backup', '.'], {
          env,
          cwd: folder,
          timeoutMs: HOUR_MS,
        })
        if (done.exitCode !== 0) throw new Error(done.stderr)
      }),
  )
  await startDatabase()
  const dump = {
    type: 'addon',
    addonId: OWNER,
    argv: ['pg_dump', '-Fc', '-Z0', 'postgres'],
    env: PG_ENV,
    fileName: 'dump.pgc',
    minBytes: 1,
    trailer: null,
  }
  const rows = await inTurns(
    () => ours(dump),
    () => byHand(dumpByHand),
  )
  process.stdout.write(`${JSON.stringify({ weight, filesMib, rowsMib, rounds, files, rows })}\n`)
} finally {
  await agent.remove()
  await rm(disk, { recursive: true, force: true })
}
