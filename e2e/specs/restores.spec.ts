import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Addon } from '@vastrox/shared/addon.ts'
import { Backup, BackupRoot, Drill, Restore } from '@vastrox/shared/backup.ts'
import { run } from '@vastrox/shared/node/run.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectInstallation } from '#support/installation.ts'

const vastrox = connectInstallation()
const DESTINATION = 'e2e-restores'
const WITHIN_MS = 240_000
const IS_LONG = process.env['VASTROX_LONG'] === '1'

/** What each kind of database is asked to hold, and how it says what it holds. */
interface Content {
  kind: string
  /** Everything that a dump must bring back. */
  fill: string
  /** Written while the backup runs. */
  write: (round: number) => string
  /** The same text where all of it is the same; what is written meanwhile is not in it. */
  digest: string
  /** How many there are of what is written meanwhile. */
  count: string
  spoil: string
  bad: { name: string; body: string; words: RegExp }
  good: { name: string; body: string; ask: string; answer: string }
}

const POSTGRESQL: Content = {
  kind: 'postgresql',
  fill: `
CREATE SCHEMA shop;
CREATE TABLE shop.people (id serial PRIMARY KEY, name text NOT NULL, secret text);
INSERT INTO shop.people (name, secret) SELECT 'person ' || n, md5(n::text) FROM generate_series(1, 5000) n;
ALTER TABLE shop.people ENABLE ROW LEVEL SECURITY;
ALTER TABLE shop.people FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.people USING (name = current_setting('app.person', true));
CREATE TABLE public.audit (what text, at timestamptz DEFAULT now());
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.audit (what) VALUES (TG_OP); RETURN NEW; END $$;
CREATE TABLE public.orders (id bigint GENERATED ALWAYS AS IDENTITY, cents int);
CREATE TRIGGER noted AFTER INSERT ON public.orders FOR EACH ROW EXECUTE FUNCTION note();
INSERT INTO public.orders (cents) SELECT n FROM generate_series(1, 50) n;
CREATE SEQUENCE shop.invoice START 4711; SELECT nextval('shop.invoice');
CREATE TABLE public.files (name text, content oid);
INSERT INTO public.files VALUES ('logo', lo_from_bytea(0, decode(repeat('c0ffee', 4000), 'hex')));
CREATE TABLE public.visits (n int);
`,
  write: (round) => `INSERT INTO visits SELECT ${round} FROM generate_series(1, 200);`,
  digest: `
SELECT md5(string_agg(p::text, '' ORDER BY id)) FROM shop.people p;
SELECT md5(string_agg(o::text, '' ORDER BY id)) FROM orders o;
SELECT count(*) FROM audit;
SELECT last_value FROM shop.invoice;
SELECT md5(lo_get(content)) FROM files;
SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = 'shop.people'::regclass;
SELECT polname, pg_get_expr(polqual, polrelid) FROM pg_policy;
SELECT tgname FROM pg_trigger WHERE NOT tgisinternal;
`,
  count: 'SELECT count(*) FROM visits;',
  spoil: `DELETE FROM shop.people WHERE id % 2 = 0; TRUNCATE orders; DROP TABLE files; SELECT setval('shop.invoice', 1);`,
  bad: {
    name: 'dump.sql',
    body: 'CREATE TABLE half (n int);\nINSERT INTO nowhere VALUES (1);\n',
    words: /nowhere/,
  },
  good: {
    name: 'dump.sql',
    body: 'CREATE TABLE brought (n int);\nINSERT INTO brought VALUES (41), (42);\n',
    ask: 'SELECT sum(n) FROM brought;',
    answer: '83',
  },
}

const MARIADB: Content = {
  kind: 'mariadb',
  fill: `
CREATE TABLE people (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(60), photo BLOB) ENGINE=InnoDB;
INSERT INTO people (name, photo) SELECT CONCAT('person ', seq), UNHEX(MD5(seq)) FROM seq_1_to_3000;
CREATE TABLE audit (what VARCHAR(20));
CREATE TRIGGER noted AFTER INSERT ON people FOR EACH ROW INSERT INTO audit VALUES ('insert');
INSERT INTO people (name) VALUES ('noted');
CREATE FUNCTION twice(n INT) RETURNS INT DETERMINISTIC RETURN n * 2;
CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY DO DELETE FROM audit;
CREATE VIEW names AS SELECT name FROM people;
CREATE TABLE visits (n INT);
`,
  write: (round) => `INSERT INTO visits SELECT ${round} FROM seq_1_to_200;`,
  digest: `
SELECT MD5(GROUP_CONCAT(MD5(CONCAT(id, name, IFNULL(HEX(photo), ''))) ORDER BY id)) FROM people WHERE id <= 500;
SELECT COUNT(*), MAX(id) FROM people;
SELECT COUNT(*) FROM audit;
SELECT twice(21);
SELECT event_name FROM information_schema.events WHERE event_schema = DATABASE();
SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = DATABASE();
SELECT COUNT(*) FROM names;
`,
  count: 'SELECT COUNT(*) FROM visits;',
  spoil: 'DROP FUNCTION twice; DROP EVENT nightly; DELETE FROM people WHERE id > 10;',
  bad: {
    name: 'dump.sql',
    body: 'CREATE TABLE half (n INT);\nINSERT INTO nowhere VALUES (1);\n',
    words: /nowhere/,
  },
  good: {
    name: 'dump.sql',
    body: 'CREATE TABLE brought (n INT);\nINSERT INTO brought VALUES (41), (42);\n',
    ask: 'SELECT SUM(n) FROM brought;',
    answer: '83',
  },
}

const REDIS: Content = {
  kind: 'redis',
  fill: [
    'SET visits 0',
    'SET greeting "hello world"',
    'SET session abc EX 86400',
    'RPUSH list a b c',
    'SADD set x',
    'ZADD board 1 one 2 two',
    'HSET person name anna',
    'XADD stream 1-1 what one',
    'SETBIT bits 7 1',
    'PFADD seen one',
    '',
  ].join('\n'),
  write: (round) => `INCRBY visits ${round}\n`,
  digest: [
    'GET greeting',
    'LRANGE list 0 -1',
    'SMEMBERS set',
    'ZRANGE board 0 -1 WITHSCORES',
    'HGETALL person',
    'XRANGE stream - +',
    'GETBIT bits 7',
    'PFCOUNT seen',
    'GET session',
    'DBSIZE',
    '',
  ].join('\n'),
  count: 'GET visits\n',
  spoil: 'DEL list person\nSET greeting other\n',
  bad: { name: 'dump.rdb', body: 'REDIS0011 but not really', words: /./ },
  good: { name: '', body: '', ask: '', answer: '' },
}

let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vastrox-e2e-restores-'))
  await must(vastrox.command('destinations', 'allow', folder))
  const roots = await vastrox.read(pageOf(BackupRoot), '/backup-roots')
  const rootId = roots.items.find(({ path }) => path === folder)?.rootId
  const answer = await vastrox.api('POST', '/destinations', {
    name: DESTINATION,
    kind: 'local',
    settings: { rootId },
  })
  if (answer.status !== 201) throw new Error(answer.body)
})
afterAll(async () => {
  await vastrox.api('DELETE', `/destinations/${DESTINATION}`, { confirm: DESTINATION })
  await must(vastrox.command('destinations', 'disallow', folder))
  rmSync(folder, { recursive: true, force: true })
})

async function must(done: ReturnType<typeof vastrox.command>): Promise<string> {
  const { exitCode, stdout, stderr } = await done
  if (exitCode !== 0) throw new Error(`${stderr}${stdout.toString()}`)
  return stdout.toString()
}

async function until<Value>(look: () => Promise<Value>, isOver: (value: Value) => boolean) {
  const end = Date.now() + WITHIN_MS
  for (;;) {
    const now = await look()
    if (isOver(now)) return now
    if (Date.now() > end) throw new Error(`it did not end: ${JSON.stringify(now)}`)
    await sleep(300)
  }
}

const kinds = IS_LONG ? [POSTGRESQL, MARIADB, REDIS] : [POSTGRESQL]
describe.each(kinds)('$kind', (content) => {
  const addon = `e2e-${content.kind}`

  async function ask(input: string): Promise<string> {
    const args = ['addons:console', addon, '--no-tty']
    const env = { PATH: '/usr/bin:/bin', VASTROX_DATA_DIR: vastrox.dataDir }
    return must(run(programOf(vastrox.program), args, { env, input, timeoutMs: 60_000 }))
  }
  const restoreOf = (id: string) =>
    until(
      () => vastrox.read(Restore, `/restores/${id}`),
      ({ endedAt }) => endedAt !== null,
    )
  async function bring(name: string, body: string): Promise<Restore> {
    const path = `/addons/${addon}/import?name=${name}&confirm=${addon}`
    const answer = await vastrox.ask('PUT', `${vastrox.apiUrl}${path}`, {
      headers: {
        authorization: `Bearer ${vastrox.apiToken}`,
        'content-type': 'application/octet-stream',
      },
      body,
      timeoutMs: WITHIN_MS,
    })
    return Restore.parse(JSON.parse(answer.body))
  }

  beforeAll(async () => {
    const made = await vastrox.api('POST', '/addons', { name: addon, kind: content.kind })
    if (made.status !== 202) throw new Error(made.body)
    const ended = await until(
      () => vastrox.read(Addon, `/addons/${addon}`),
      ({ state }) => state === 'running' || state === 'failed',
    )
    if (ended.state !== 'running') throw new Error(String(ended.reason))
  })
  afterAll(async () => {
    await vastrox.api('DELETE', `/addons/${addon}`, { confirm: addon })
  })

  it('is backed up while people write, proven, spoiled, and comes back as it was', async () => {
    await ask(content.fill)
    const recorded = await ask(content.digest)
    const stop = new AbortController()
    const writing = (async () => {
      for (let round = 1; !stop.signal.aborted; round += 1) await ask(content.write(round))
    })()

    const asked = await vastrox.api('POST', '/backups', {
      subject: `addon:${addon}`,
      destination: DESTINATION,
    })
    expect([asked.status, asked.body]).toEqual([202, expect.any(String)])
    const { id } = Backup.parse(JSON.parse(asked.body))
    const backup = await until(
      () => vastrox.read(Backup, `/backups/${id}`),
      ({ state }) => state === 'done' || state === 'failed',
    )
    stop.abort()
    await writing
    expect([backup.state, backup.reason]).toEqual(['done', null])

    const drilled = await must(vastrox.command('backups:drill', id, '--json'))
    const drill = Drill.parse(JSON.parse(drilled))
    expect([drill.state, drill.reason, drill.checks.filter(({ isGood }) => !isGood)]).toEqual([
      'proven',
      null,
      [],
    ])

    await ask(content.spoil)
    expect(await ask(content.digest).catch(String)).not.toBe(recorded)
    const wish = { how: 'switch', confirm: addon }
    const answer = await vastrox.api('POST', `/backups/${id}/restore`, wish)
    const restored = await restoreOf(Restore.parse(JSON.parse(answer.body)).id)

    expect([restored.state, restored.reason]).toEqual(['done', null])
    expect(await ask(content.digest)).toBe(recorded)
    const after = await vastrox.read(Addon, `/addons/${addon}`)
    expect(after.state).toBe('running')
  })

  it('lets a bad dump change nothing, in the words of its own tool, and takes a good one', async () => {
    const before = await ask(content.digest)

    const bad = await bring(content.bad.name, content.bad.body)
    expect([bad.state, bad.reason]).toEqual(['failed', expect.stringMatching(content.bad.words)])
    expect(await ask(content.digest)).toBe(before)

    if (content.good.name === '') return
    const good = await bring(content.good.name, content.good.body)
    expect([good.state, good.reason]).toEqual(['done', null])
    expect(await ask(content.good.ask)).toContain(content.good.answer)
  })
})

function programOf(path: string): `/${string}` {
  if (!path.startsWith('/')) throw new Error(`${path} is no path of a program`)
  return `/${path.slice(1)}`
}
