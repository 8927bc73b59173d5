import ssh2 from 'ssh2'
import { expect, it, onTestFinished } from 'vitest'
import { newSshKey } from '#adapters/system/guarded-ssh.ts'
import { temporaryFolder } from '#test/staging-folder.ts'
import { createRemoteFiles } from './remote-files.ts'

const attributes = (mode: number) => ({ mode, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 })
const FOLDER = attributes(0o40_755)
const named = (filename: string, attrs = attributes(0o100_644)) => ({
  filename,
  longname: `-rw-r--r-- 1 a a 0 Jan 1 00:00 ${filename}`,
  attrs,
})
const NAMES = Array.from({ length: 100 }, (_, at) => named(`${'n'.repeat(200)}${at}`))
const HANDLE = Buffer.from('h')

/** A server whose one folder has no end. */
async function endlessServer(): Promise<number> {
  const { privateKey: key } = await newSshKey('server')
  const server = new ssh2.Server({ hostKeys: [key] }, (client) => {
    client.on('authentication', (ctx) => ctx.accept())
    client.on('error', () => {
      // It is cut off, which is what is looked at.
    })
    client.on('session', (accept) => {
      accept().on('sftp', (begin) => {
        const sftp = begin()
        sftp.on('REALPATH', (id) => sftp.name(id, [named('/site', FOLDER)]))
        sftp.on('STAT', (id) => sftp.attrs(id, FOLDER))
        sftp.on('LSTAT', (id) => sftp.attrs(id, FOLDER))
        sftp.on('OPENDIR', (id) => sftp.handle(id, HANDLE))
        sftp.on('READDIR', (id) => sftp.name(id, NAMES))
      })
    })
  })
  onTestFinished(() => void server.close())
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

it('A folder that has no end is not held in memory', async () => {
  const port = await endlessServer()
  const files = createRemoteFiles({
    folder: temporaryFolder(),
    limits: { listingBytes: 2 ** 20 },
    addresses: { resolve: async () => ['127.0.0.1'] },
  })
  const begun = performance.now()
  const pulling = files.pull(
    {
      appId: 'app00001',
      host: 'h.example',
      port,
      username: 'me',
      folder: '/site',
      hostKey: null,
      ignore: [],
      password: 'any',
    },
    { full: false },
  )
  await expect(pulling).rejects.toMatchObject({ code: 'SOURCE_TOO_LARGE' })
  expect(performance.now() - begun).toBeLessThan(25_000)
}, 30_000)
