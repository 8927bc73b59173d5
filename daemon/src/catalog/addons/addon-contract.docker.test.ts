import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addons as catalog } from '#catalog/addons/index.ts'
import type { AddonCommand, AddonKind } from '#ports/addon-kind.ts'
import { startRealAgent } from '#test/real-agent.ts'

let node: Awaited<ReturnType<typeof startRealAgent>>
beforeAll(async () => {
  node = await startRealAgent()
})
afterAll(() => node.remove([]))

const ROOT = { password: 'a1'.repeat(24) }
const USER = { username: 'u_shop', password: 'b2'.repeat(24) }
const OTHER = { username: 'u_other', password: 'c3'.repeat(24) }
const newId = (): string => randomBytes(8).toString('hex')
const quoted = (words: readonly string[]): string =>
  words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')

interface Content {
  kind: string
  /** By an app's user; then by another app's, on the same tables. */
  write: string
  more: string
  count: string
  counted: RegExp
}

const CONTENT: readonly Content[] = [
  {
    kind: 'postgresql',
    write: `
CREATE SCHEMA side;
CREATE TABLE orders (id serial PRIMARY KEY, what text NOT NULL);
INSERT INTO orders (what) SELECT 'thing ' || n FROM generate_series(1, 1204) n;
CREATE TABLE side.secret (owner text, what text);
ALTER TABLE side.secret ENABLE ROW LEVEL SECURITY;
ALTER TABLE side.secret FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON side.secret USING (owner = 'nobody') WITH CHECK (true);
INSERT INTO side.secret VALUES ('me', 'hidden'), ('nobody', 'shown');
SELECT lo_from_bytea(0, 'a large object');
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER touched BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION touch();
-- A better match for what the platform's own statements call, were it looked for here.
CREATE FUNCTION format(text, text, name, name) RETURNS text LANGUAGE sql AS $$SELECT 'SELECT 1/0'$$;
CREATE FUNCTION format(text, name) RETURNS text LANGUAGE sql AS $$SELECT 'SELECT 1/0'$$;
`,
    more: "INSERT INTO orders (what) VALUES ('by another app');\n",
    count: 'SELECT count(*) FROM orders;\n',
    counted: /1205/,
  },
  {
    kind: 'mariadb',
    write: `
CREATE TABLE orders (id INT AUTO_INCREMENT PRIMARY KEY, what VARCHAR(100), raw BLOB);
INSERT INTO orders (what, raw) SELECT CONCAT('thing ', seq), x'00ff' FROM seq_1_to_1204;
CREATE VIEW recent AS SELECT * FROM orders WHERE id > 10;
CREATE TRIGGER touched BEFORE INSERT ON orders FOR EACH ROW SET NEW.what = TRIM(NEW.what);
CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY DO DELETE FROM orders WHERE id < 0;
CREATE PROCEDURE hello() SELECT 1;
`,
    more: "INSERT INTO orders (what) VALUES (' by another app ');\n",
    count: 'SELECT COUNT(*) FROM orders;\n',
    counted: /1205/,
  },
  {
    kind: 'redis',
    write: 'SET greeting hello\nRPUSH list a b c\nSELECT 3\nSET other 1\n',
    more: 'SET more 1\n',
    count: 'DBSIZE\n',
    counted: /3/,
  },
]

const kindOf = (name: string): AddonKind => {
  const found = catalog.find(({ kind }) => kind === name)
  if (!found) throw new Error(`there is no ${name}`)
  return found
}

async function start(kind: AddonKind) {
  const id = newId()
  const version = kind.versions.find(({ isDefault }) => isDefault)
  if (!version) throw new Error('no version')
  const { addons } = node.agent
  await addons.prepare(version.image, () => {}, AbortSignal.timeout(600_000))
  const memoryBytes = kind.defaultMemoryBytes
  await addons.start({
    addonId: id,
    addonName: kind.kind,
    generation: 1,
    image: version.image,
    ...kind.container({ version: version.version, memoryBytes, settings: {}, root: ROOT }),
    volume:
      kind.dataPath === null ? null : { volumeId: newId(), mountPath: kind.dataPath, isNew: true },
    limits: { memoryBytes, cpuMillis: 0 },
    stopGraceMs: 2_000,
  })
  const exec = ({ argv, stdin = '', env = {}, timeoutMs }: AddonCommand) =>
    addons.exec({ addonId: id, argv, stdin, env, timeoutMs: Math.min(timeoutMs, 120_000) })
  const run = async (...commands: AddonCommand[]): Promise<string> => {
    let printed = ''
    for (const command of commands) {
      const { exitCode, stdout, stderr } = await exec(command)
      if (exitCode !== 0) throw new Error(`${command.argv.join(' ')}: ${stderr}${stdout}`)
      printed = stdout
    }
    return printed
  }
  await expect
    .poll(
      () =>
        exec(kind.ready(ROOT)).then(
          ({ exitCode }) => exitCode,
          () => -1,
        ),
      {
        timeout: 120_000,
        interval: 300,
      },
    )
    .toBe(0)
  return { id, exec, run, end: () => addons.remove(id) }
}

/** The others take a minute more: `./test.sh --long`. */
const isLong = process.env['VASTROX_LONG'] === '1'
const LOOKED_AT = CONTENT.filter(({ kind }) => isLong || kind === 'postgresql')

describe.each(LOOKED_AT)('$kind, a real server', ({ kind: name, write, more, count, counted }) => {
  const kind = kindOf(name)
  const { backup } = kind
  const asUser = (user: typeof USER, stdin: string): AddonCommand => {
    const command = kind.console?.(ROOT, user)
    if (!command) throw new Error('no console')
    return { ...command, stdin, timeoutMs: 60_000 }
  }

  it('keeps what its apps write through a dump, and knows them apart', async () => {
    if (!backup) throw new Error('no backup')
    const { exec, run, end } = await start(kind)
    await run(...kind.setUp(ROOT), ...kind.setUp(ROOT))
    await run(...kind.createUser(ROOT, USER), ...kind.createUser(ROOT, USER))
    await run(...kind.createUser(ROOT, OTHER))
    await run(asUser(USER, write), asUser(OTHER, more))
    expect(await run(asUser(USER, count))).toMatch(counted)

    const before = backup.readCounts(await run(backup.count(ROOT)))
    expect(Object.keys(before).length).toBeGreaterThan(0)
    const file = `/data/${backup.fileName}`
    const through = (command: AddonCommand, redirect: string): AddonCommand => ({
      ...command,
      argv: ['sh', '-c', `${quoted(command.argv)} ${redirect}`],
    })
    await run(through(backup.dump(ROOT), `> ${file}`))
    await run(...backup.clear(ROOT))
    const empty = backup.readCounts(await run(backup.count(ROOT)))
    expect(empty).not.toEqual(before)
    await run(through(backup.restore(ROOT), `< ${file}`))
    await run(...kind.setUp(ROOT), ...kind.createUser(ROOT, USER), ...kind.createUser(ROOT, OTHER))
    expect(backup.readCounts(await run(backup.count(ROOT)))).toEqual(before)
    expect(await run(asUser(USER, count))).toMatch(counted)
    const checks = backup.readVerification(await exec(backup.verify(ROOT)))
    expect(checks).toEqual([expect.objectContaining({ isGood: true })])
    // Half a dump is refused.
    await run({
      argv: ['sh', '-c', `head -c $(($(wc -c < ${file}) / 2)) ${file} > ${file}.cut`],
      timeoutMs: 10_000,
    })
    await run(...backup.clear(ROOT))
    const cut = await exec(through(backup.restore(ROOT), `< ${file}.cut`))
    // SQL ends anywhere: its trailer tells, which the agent looks for when it is made.
    expect(cut.exitCode !== 0 || backup.trailer !== null).toBe(true)

    const { connections, maxConnections } = kind.readUsage(await run(kind.usage(ROOT)))
    expect(connections).toBeGreaterThanOrEqual(0)
    // What charts and alerts compare with, without asking the server.
    expect(maxConnections).toBe(kind.maxConnections(kind.defaultMemoryBytes))
    const next = { password: 'd4'.repeat(24) }
    await run(...kind.changeRoot(ROOT, next))
    expect((await exec(kind.ready(ROOT))).exitCode).not.toBe(0)
    await run(kind.ready(next))
    await run(...kind.dropUser(next, OTHER.username), ...kind.dropUser(next, OTHER.username))
    const gone = await exec(asUser(OTHER, count))
    expect(`${gone.exitCode} ${gone.stdout}${gone.stderr}`).toMatch(
      /^[1-9]|AUTH|NOPERM|WRONGPASS|NOAUTH/,
    )
    await end()
  })
})

describe('memcached, a real server', () => {
  it('answers, and says how many are connected', async () => {
    const kind = kindOf('memcached')
    const { run, end } = await start(kind)
    const { maxConnections } = kind.readUsage(await run(kind.usage(ROOT)))
    expect(maxConnections).toBe(1_024)
    expect(kind.maxConnections(kind.defaultMemoryBytes)).toBe(maxConnections)
    await end()
  })
})
