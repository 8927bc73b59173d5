import { spawn } from 'node:child_process'
import ssh2 from 'ssh2'

const SFTP_SERVER = '/usr/lib/openssh/sftp-server'

/** OpenSSH's own sftp-server behind SSH on loopback, for whoever knows the password or has a key. */
export async function startSftpHost() {
  const keys = new Set<string>()
  const opened: string[] = []
  let hostKey = ssh2.utils.generateKeyPairSync('ed25519')
  let server = await listen(0)
  const { port } = server

  async function listen(wanted: number) {
    const made = new ssh2.Server({ hostKeys: [hostKey.private] }, (client) => {
      client.on('error', () => {})
      client.on('authentication', (context) => {
        const isKey =
          context.method === 'publickey' &&
          keys.has(`${context.key.algo} ${context.key.data.toString('base64')}`)
        const isPassword = context.method === 'password' && context.password === 'open sesame'
        if (isKey || isPassword) context.accept()
        else context.reject(['publickey', 'password'])
      })
      client.on('session', (accept) => {
        accept().on('subsystem', (yes, no, { name }) => {
          if (name !== 'sftp') {
            no()
            return
          }
          opened.push(name)
          const channel = yes()
          const child = spawn(SFTP_SERVER, ['-e'], { stdio: ['pipe', 'pipe', 'ignore'] })
          child.on('error', () => channel.end())
          child.stdin.on('error', () => {})
          channel.pipe(child.stdin)
          child.stdout.pipe(channel)
          channel.on('close', () => child.kill())
        })
      })
    })
    const { promise, resolve } = Promise.withResolvers<void>()
    made.listen(wanted, '127.0.0.1', resolve)
    await promise
    const address = made.address()
    return { server: made, port: typeof address === 'object' && address ? address.port : 0 }
  }
  const close = async (): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>()
    server.server.close(() => resolve())
    await promise
  }

  return {
    port,
    keys,
    opened,
    close,
    async changeHostKey(): Promise<void> {
      hostKey = ssh2.utils.generateKeyPairSync('ed25519')
      await close()
      server = await listen(port)
    },
  }
}
export type SftpHost = Awaited<ReturnType<typeof startSftpHost>>
