import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Actor } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { run } from '@vastrox/shared/node/run.ts'
import { rolldown } from 'rolldown'
import { createGitTransport, type GitLimits } from '#adapters/git/git-transport.ts'
import { createPushSocket } from '#adapters/git/push-socket.ts'
import { createSourceControl } from '#adapters/git/source-control.ts'
import { createSourceArchive } from '#adapters/system/source-archive.ts'
import { stacks } from '#catalog/stacks/index.ts'
import { createReceivePush } from '#core/deployments/receive-push.ts'
import { createGitService } from '#core/sources/git-service.ts'
import { gitHttp } from '#http/git-http.ts'
import { deployToken, owner } from '../fakes/actors.ts'
import { createFakeApps } from '../fakes/apps-for-git.ts'
import { noDeclaredEnv } from '../fakes/declared-env.ts'
import { createFakeDeployments } from '../fakes/deployments.ts'
import { createHttpHarness } from '../http-harness.ts'

/** Tokens of this server: who they stand for. */
export const TOKENS: Record<string, Actor> = {
  'owner-token': owner(),
  'other-team-token': owner({ id: 'user2', teamId: 'team2' }),
  'hello-token': deployToken(['app0000hello']),
}

/** git over HTTPS as in the product, around deployments that build nothing; with a CA of its own. */
export async function startGitServer(limits: Partial<GitLimits> = {}) {
  const dir = await mkdtemp(join(tmpdir(), 'vastrox-git-'))
  const tls = await makeCertificate(dir)
  const hooks = join(dir, 'hooks')
  await writeHook(hooks)
  const repositories = join(dir, 'repositories')
  await mkdir(repositories)

  const pushSocket = createPushSocket({ path: join(dir, 'push.sock') })
  await pushSocket.listen()
  const sourceControl = createSourceControl({ repositories })
  const sourceArchive = createSourceArchive({ folder: join(dir, 'sources') })
  const deployments = createFakeDeployments(sourceControl)
  const apps = createFakeApps()
  const errors: unknown[] = []
  const denied: string[] = []
  let ids = 0
  const onError = (error: unknown): void => {
    errors.push(error)
  }
  const receivePush = createReceivePush({
    sourceControl,
    sourceArchive,
    deployments,
    stacks,
    declaredEnv: noDeclaredEnv,
    diskRoom: { mustHaveRoom: async () => {} },
    urlsOf: ({ name }) => [`http://${name}.localhost`],
    newId: () => `source${String((ids += 1)).padStart(20, '0')}`,
    clock: {
      now: () => new Date(),
      elapsedMs: () => Math.floor(performance.now()),
      sleep: () => Promise.resolve(),
    },
    onError,
  })
  const git = createGitService({
    apps,
    transport: createGitTransport({ repositories, hooks, pushSocket, limits }),
    sourceControl,
    receivePush,
    onDenied: (_actor, permission, target) => denied.push(`${permission} ${target}`),
  })
  const authenticateToken = (token: string): Actor => {
    const actor = TOKENS[token]
    if (!actor) throw new CodedError('TOKEN_INVALID')
    return actor
  }
  const { fastify: server } = await createHttpHarness({
    root: [gitHttp({ git, authenticateToken, onError })],
    tls,
  })
  await server.listen({ host: '127.0.0.1', port: 0 })
  const address = server.server.address()
  const port = typeof address === 'object' ? address?.port : undefined

  return {
    dir,
    repositories,
    caFile: tls.caFile,
    ca: tls.ca,
    apps,
    deployments,
    sourceControl,
    sourceArchive,
    errors,
    denied,
    git,
    /** With a token as its password, or with none. */
    url: (app: string, token?: string): string =>
      `https://${token === undefined ? '' : `git:${token}@`}localhost:${port}/git/${app}.git`,
    async close(): Promise<void> {
      server.server.closeAllConnections()
      await server.close()
      await pushSocket.close()
      await rm(dir, { recursive: true })
    },
  }
}
export type GitServer = Awaited<ReturnType<typeof startGitServer>>

/** The hook as it is installed: one file, run by this very Node. */
async function writeHook(hooks: string): Promise<void> {
  const input = join(import.meta.dirname, '../../src/adapters/git/proc-receive-hook.ts')
  const bundle = await rolldown({ input, platform: 'node', logLevel: 'warn' })
  const { output } = await bundle.generate({ format: 'cjs' })
  await bundle.close()
  await mkdir(hooks)
  await writeFile(join(hooks, 'proc-receive'), `#!${process.execPath}\n${output[0].code}`)
  await chmod(join(hooks, 'proc-receive'), 0o755)
}

export async function makeCertificate(
  dir: string,
): Promise<Record<'cert' | 'key' | 'ca' | 'caFile', string>> {
  const openssl = async (...args: string[]): Promise<void> => {
    const made = await run('/usr/bin/openssl', args, { cwd: dir, timeoutMs: 30_000 })
    if (made.exitCode !== 0) throw new Error(made.stderr)
  }
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  await openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-subj',
    '/CN=test',
    '-days',
    '2',
  )
  await openssl(
    'req',
    ...newKey,
    '-keyout',
    'leaf.key',
    '-out',
    'leaf.csr',
    '-subj',
    '/CN=localhost',
  )
  await writeFile(join(dir, 'leaf.ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n')
  await openssl(
    'x509',
    '-req',
    '-in',
    'leaf.csr',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-out',
    'leaf.pem',
    '-days',
    '2',
    '-extfile',
    'leaf.ext',
  )
  return {
    cert: await readFile(join(dir, 'leaf.pem'), 'utf8'),
    key: await readFile(join(dir, 'leaf.key'), 'utf8'),
    ca: await readFile(join(dir, 'ca.pem'), 'utf8'),
    caFile: join(dir, 'ca.pem'),
  }
}
