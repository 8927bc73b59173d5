import { type ChildProcess, spawn } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '@vastrox/shared/node/run.ts'
import { rolldown } from 'rolldown'
import ssh2 from 'ssh2'
import { createExternalGit } from '#adapters/git/external-git.ts'
import { createExternalSocket } from '#adapters/git/external-socket.ts'
import { createGuardedDownload } from '#adapters/system/guarded-download.ts'
import { createGuardedHttp } from '#adapters/system/guarded-http.ts'
import { createGuardedAddresses } from '#adapters/system/guarded-addresses.ts'
import { makeCertificate } from './git-server.ts'
import { createLfsHost } from './lfs-host.ts'

const BACKEND = '/usr/lib/git-core/git-http-backend'
const IDENTITY = {
  PATH: '/usr/bin:/bin',
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Anna',
  GIT_AUTHOR_EMAIL: 'anna@example.com',
  GIT_COMMITTER_NAME: 'Anna',
  GIT_COMMITTER_EMAIL: 'anna@example.com',
}

/** A Git host on loopback: git's own http-backend behind TLS of a test CA, and git over SSH. */
export async function startRemoteHost() {
  const dir = await mkdtemp(join(tmpdir(), 'vastrox-remote-'))
  const root = join(dir, 'host')
  await mkdir(root)
  const tls = await makeCertificate(dir)
  const asked: { url: string; authorization: string | undefined }[] = []
  let password: string | undefined
  let redirectTo: string | undefined

  const lfs = createLfsHost()
  const https = createServer({ cert: tls.cert, key: tls.key }, (request, reply) => {
    const { authorization } = request.headers
    asked.push({ url: request.url ?? '', authorization })
    if (redirectTo !== undefined) {
      reply.writeHead(302, { location: redirectTo }).end()
      return
    }
    const url = new URL(request.url ?? '', 'https://localhost')
    if (lfs.answer(request, reply, url)) return
    const wanted = password && `Basic ${Buffer.from(password).toString('base64')}`
    if (wanted !== undefined && authorization !== wanted) {
      reply.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end()
      return
    }
    const backend = spawn(BACKEND, {
      env: {
        ...IDENTITY,
        GIT_PROJECT_ROOT: root,
        GIT_HTTP_EXPORT_ALL: '1',
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        PATH_INFO: url.pathname,
        QUERY_STRING: url.search.slice(1),
        REQUEST_METHOD: request.method ?? 'GET',
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      },
    })
    request.pipe(backend.stdin)
    passCgi(backend, reply)
  })
  const { promise: listening, resolve } = Promise.withResolvers<void>()
  https.listen(0, '127.0.0.1', resolve)
  await listening

  const keys = new Set<string>()
  const commands: string[] = []
  let hostKey = ssh2.utils.generateKeyPairSync('ed25519')
  let ssh = await startSsh(() => hostKey.private)
  const sshPort = ssh.port

  async function startSsh(key: () => string, port = 0) {
    const children = new Set<ChildProcess>()
    const server = new ssh2.Server({ hostKeys: [key()] }, (client) => {
      client.on('error', () => {})
      client.on('authentication', (context) => {
        const isKnown =
          context.method === 'publickey' &&
          keys.has(`${context.key.algo} ${context.key.data.toString('base64')}`)
        if (isKnown) context.accept()
        else context.reject(['publickey'])
      })
      client.on('session', (accept) => {
        const session = accept()
        session.on('env', (yes) => yes?.())
        session.on('exec', (yes, _no, { command }) => {
          commands.push(command)
          const channel = yes()
          if (command.startsWith('git-lfs-authenticate ')) {
            const [, path = ''] = /'(.*)'/.exec(command) ?? []
            channel.end(lfs.authenticate(path, httpsPort))
            channel.exit(0)
            return
          }
          const [, path = ''] = /^git-upload-pack '(.*)'$/s.exec(command) ?? []
          const child = spawn('/usr/bin/git', ['upload-pack', join(root, path)], { env: IDENTITY })
          children.add(child)
          channel.pipe(child.stdin)
          child.stdin.on('error', () => {})
          child.stdout.pipe(channel, { end: false })
          child.stderr.pipe(channel.stderr)
          child.on('close', (code) => {
            children.delete(child)
            channel.exit(code ?? 1)
            channel.end()
          })
        })
      })
    })
    const { promise, resolve: done } = Promise.withResolvers<void>()
    server.listen(port, '127.0.0.1', done)
    await promise
    const address = server.address()
    return { server, port: typeof address === 'object' && address ? address.port : 0 }
  }

  const address = https.address()
  const httpsPort = typeof address === 'object' && address ? address.port : 0

  async function git(cwd: string, ...args: string[]): Promise<string> {
    const options = ['-c', 'protocol.file.allow=always', '-c', 'uploadpack.allowAnySHA1InWant=true']
    const result = await run('/usr/bin/git', [...options, ...args], {
      cwd,
      env: IDENTITY,
      timeoutMs: 30_000,
    })
    if (result.exitCode !== 0) throw new Error(`git ${args.join(' ')}: ${result.stderr}`)
    return result.stdout.toString().trim()
  }

  return {
    dir,
    caFile: tls.caFile,
    ca: tls.ca,
    httpsPort,
    sshPort,
    asked,
    commands,
    lfs,
    git,
    /** Public keys that are let in by SSH. */
    keys,
    url: (name: string): string => `https://localhost:${httpsPort}/${name}.git`,
    sshUrl: (name: string): string => `ssh://git@localhost:${sshPort}/${name}.git`,
    /** `name:password` that HTTPS asks for. */
    protect: (wanted: string | undefined): void => {
      password = wanted
    },
    redirect: (to: string | undefined): void => {
      redirectTo = to
    },
    async changeHostKey(): Promise<void> {
      hostKey = ssh2.utils.generateKeyPairSync('ed25519')
      const { promise, resolve: done } = Promise.withResolvers<void>()
      ssh.server.close(() => done())
      await promise
      ssh = await startSsh(() => hostKey.private, sshPort)
    },

    /** A repository with a working copy to commit in. */
    async repository(name: string) {
      const bare = join(root, `${name}.git`)
      const work = join(dir, 'work', name)
      await mkdir(work, { recursive: true })
      await git(dir, 'init', '--quiet', '--bare', '--initial-branch=main', bare)
      await git(bare, 'config', 'uploadpack.allowAnySHA1InWant', 'true')
      await git(work, 'init', '--quiet', '--initial-branch=main')
      return {
        bare,
        work,
        git: (...args: string[]) => git(work, ...args),
        async commit(message: string, files: Record<string, string>): Promise<string> {
          for (const [path, text] of Object.entries(files)) {
            await mkdir(join(work, path, '..'), { recursive: true })
            await writeFile(join(work, path), text)
          }
          await git(work, 'add', '--all')
          await git(work, 'commit', '--quiet', '--allow-empty', '--cleanup=verbatim', '-m', message)
          return git(work, 'rev-parse', 'HEAD')
        },
        push: (...refs: string[]) => git(work, 'push', '--quiet', '--force', bare, ...refs),
      }
    },

    async close(): Promise<void> {
      https.closeAllConnections()
      https.close()
      ssh.server.close()
      await rm(dir, { recursive: true, force: true })
    },
  }
}
export type RemoteHost = Awaited<ReturnType<typeof startRemoteHost>>

/** Our side, as the daemon has it: the helper is one file, run by this very Node. */
export async function startExternalGit(
  { caFile, ca }: { caFile: string; ca: string },
  options: {
    allowed?: string[]
    lookupAll?: (host: string) => Promise<string[]>
    maxBytes?: number
  } = {},
) {
  const dir = await mkdtemp(join(tmpdir(), 'vastrox-external-'))
  const input = join(import.meta.dirname, '../../src/adapters/git/external-helper.ts')
  const bundle = await rolldown({ input, platform: 'node', logLevel: 'warn' })
  const { output } = await bundle.generate({ format: 'cjs' })
  await bundle.close()
  const helper = join(dir, 'git-helper')
  await writeFile(helper, `#!${process.execPath}\n${output[0].code}`)
  await chmod(helper, 0o755)
  const repositories = join(dir, 'external')
  await mkdir(repositories)
  const socket = createExternalSocket({ path: join(dir, 'git.sock'), helper })
  await socket.listen()
  const { allowed = ['127.0.0.0/8', '::1/128'], lookupAll, maxBytes } = options
  const addresses = createGuardedAddresses({
    allowed: () => allowed,
    ...(lookupAll ? { lookupAll } : {}),
  })
  return {
    dir,
    repositories,
    addresses,
    git: createExternalGit({
      repositories,
      addresses,
      socket,
      caFile: () => Promise.resolve(caFile),
      http: createGuardedHttp({ addresses, extraCa: () => ca }),
      download: createGuardedDownload({ addresses, extraCa: () => ca }),
      ...(maxBytes === undefined ? {} : { maxBytes }),
    }),
    async close(): Promise<void> {
      await socket.close()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

function passCgi(backend: ChildProcess, reply: import('node:http').ServerResponse): void {
  let head = Buffer.alloc(0)
  let isBody = false
  backend.stdout?.on('data', (chunk: Buffer) => {
    if (isBody) {
      reply.write(chunk)
      return
    }
    head = Buffer.concat([head, chunk])
    const end = head.indexOf('\r\n\r\n')
    if (end === -1) return
    isBody = true
    let status = 200
    for (const line of head.toString('latin1', 0, end).split('\r\n')) {
      const [name = '', value = ''] = line.split(/: (.*)/s)
      if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10)
      else reply.setHeader(name, value)
    }
    reply.writeHead(status)
    reply.write(head.subarray(end + 4))
  })
  backend.on('close', () => reply.end())
}
