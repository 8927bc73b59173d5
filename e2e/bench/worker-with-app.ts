import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { startProxy } from './proxy-under-test.ts'

const PROGRAM = resolve(import.meta.dirname, '../../daemon/src/proxy/main.ts')
const HOSTS = ['localhost', '127.0.0.1']

interface Options {
  directory: string
  workers?: number
  /** Beside the one for `localhost`, one for each of these hosts. */
  otherHosts?: readonly string[]
}

/** A worker, or some, with a small app behind it and a certificate for `localhost`. */
export async function startWorkerWithApp({ directory, workers = 1, otherHosts = [] }: Options) {
  const certificateFile = join(directory, 'certificate.pem')
  const keyFile = join(directory, 'key.pem')
  await makeCertificate(certificateFile, keyFile)
  const certificatePem = await readFile(certificateFile, 'utf8')
  const keyPem = await readFile(keyFile, 'utf8')

  const app = createServer((req, res) => {
    req.resume()
    req.once('end', () => res.end('x'.repeat(1_024)))
  })
  await new Promise<void>((done) => {
    app.listen(0, '127.0.0.1', done)
  })
  const address = app.address()
  const port = typeof address === 'object' && address ? address.port : 0

  const proxy = await startProxy({ program: PROGRAM, workers })
  const instances = [{ name: 'one', host: '127.0.0.1', port, release: 1 }]
  let generation = 0
  const publish = (hosts: readonly string[]): Promise<void> => {
    generation += 1
    return proxy.publish({
      generation,
      routes: HOSTS.map((host) => ({
        id: host,
        app: 'app',
        host,
        pathPrefix: '/',
        state: 'serving',
        redirectToHttps: false,
        instances,
        maxBodyBytes: 100 * 2 ** 20,
      })),
      certificates: [
        { id: 'one', hosts: HOSTS, certificatePem, keyPem },
        // The same words with a remark below are a certificate of their own: a context of its own.
        ...hosts.map((host) => ({
          id: host,
          hosts: [host],
          certificatePem: `${certificatePem}# ${host}\n`,
          keyPem,
        })),
      ],
      challenges: [],
      settings: { httpsPort: proxy.httpsPort, baseDomain: 'localhost', trustedProxies: [] },
    })
  }
  await publish(otherHosts)

  return {
    httpsPort: proxy.httpsPort,
    pids: proxy.pids,
    certificateFile,
    certificatePem,
    publish,
    async stop(): Promise<void> {
      await proxy.stop()
      app.closeAllConnections()
      app.close()
    },
  }
}
export type WorkerWithApp = Awaited<ReturnType<typeof startWorkerWithApp>>

async function makeCertificate(certificateFile: string, keyFile: string): Promise<void> {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', keyFile]
  const extensions = [
    'subjectAltName=DNS:localhost,IP:127.0.0.1',
    'keyUsage=digitalSignature',
    'extendedKeyUsage=serverAuth',
    'basicConstraints=CA:FALSE',
  ].flatMap((extension) => ['-addext', extension])
  const subject = ['-days', '30', '-subj', '/CN=localhost', '-out', certificateFile]
  await promisify(execFile)('/usr/bin/openssl', ['req', '-x509', ...key, ...subject, ...extensions])
}
