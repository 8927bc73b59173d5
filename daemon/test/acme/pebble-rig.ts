import { X509Certificate } from 'node:crypto'
import { connect } from 'node:tls'
import { systemClock } from '#adapters/system/clock.ts'
import { createServedCertificates } from '#adapters/system/served-certificates.ts'
import { type CertificateRigOptions, createCertificateRig } from '#test/acme/certificate-rig.ts'
import { type PebbleOptions, startPebble } from '#test/acme/pebble.ts'
import { createRig } from '#test/proxy/rig.ts'

/** A real worker, a real CA, and a daemon's certificates between them. */
export async function createPebbleRig(
  pebbleOptions: Partial<PebbleOptions> = {},
  options: Partial<CertificateRigOptions> = {},
) {
  const rig = await createRig({ https: true })
  const pebble = await startPebble({
    httpPort: rig.port,
    tlsPort: rig.httpsPort,
    ...pebbleOptions,
  })
  const start = (changes: Partial<CertificateRigOptions> = {}) => {
    const certificates = createCertificateRig({
      clock: systemClock,
      preflight: async () => ({ ok: true }),
      acmeDirectory: pebble.directoryUrl,
      acmeCaFile: pebble.caFile,
      httpsPort: rig.httpsPort,
      served: createServedCertificates(rig.httpsPort),
      publish: (what) => rig.publish([], what),
      ...options,
      ...changes,
    })
    certificates.service.start()
    return certificates
  }

  return {
    rig,
    pebble,
    start,
    /** The leaf that a visitor of the host is shown; undefined where the handshake fails. */
    shown(host: string): Promise<X509Certificate | undefined> {
      const { promise, resolve } = Promise.withResolvers<X509Certificate | undefined>()
      const socket = connect({
        host: '127.0.0.1',
        port: rig.httpsPort,
        servername: host,
        // Pebble makes a new root at each start: what is shown is compared, not believed.
        rejectUnauthorized: false,
      })
      socket.setTimeout(5_000, () => socket.destroy())
      socket.once('error', () => resolve(undefined))
      socket.once('close', () => resolve(undefined))
      socket.once('secureConnect', () => {
        resolve(socket.getPeerX509Certificate())
        socket.destroy()
      })
      return promise
    },
    async end(): Promise<void> {
      await pebble.stop()
      await rig.end()
    },
  }
}
export type PebbleRig = Awaited<ReturnType<typeof createPebbleRig>>
