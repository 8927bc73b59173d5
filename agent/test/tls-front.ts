import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Network } from '#agent/images/registry/pinned-request.ts'

/** An address that nobody has (RFC 5737): what is sent there in a test arrives at the front. */
export const OUTSIDE = '93.184.215.7'

/** An HTTPS server on loopback that is every one of these hosts, as far as the network it gives goes. */
export async function startTlsFront(hosts: readonly string[], listener: RequestListener) {
  const directory = await mkdtemp(join(tmpdir(), 'vastrox-front-'))
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')]
  await promisify(execFile)('openssl', [
    ...'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2'.split(' '),
    '-subj',
    '/CN=front',
    '-keyout',
    key,
    '-out',
    cert,
    '-addext',
    `subjectAltName=${hosts.map((host) => `DNS:${host}`).join(',')}`,
  ])
  const authorities = await readFile(cert, 'utf8')
  const server = createServer({ key: await readFile(key), cert: authorities }, listener)
  server.listen(0, '127.0.0.1')
  await new Promise<void>((resolve) => {
    server.once('listening', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('it does not listen')
  const looked: string[] = []
  const dialled: string[] = []
  const network: Network = {
    authorities,
    resolve: async (host) => {
      looked.push(host)
      return hosts.includes(host) ? [OUTSIDE] : ['127.0.0.1']
    },
    dial: (to) => {
      dialled.push(to)
      return to === OUTSIDE ? '127.0.0.1' : 'nobody.invalid'
    },
  }

  return {
    port: address.port,
    network,
    /** Names that were looked up, and addresses that were connected to, oldest first. */
    looked,
    dialled,
    async stop(): Promise<void> {
      server.closeAllConnections()
      server.close()
      await rm(directory, { recursive: true })
    },
  }
}
export type TlsFront = Awaited<ReturnType<typeof startTlsFront>>
