import { X509Certificate } from 'node:crypto'
import { connect } from 'node:tls'
import { systemClock } from '#adapters/system/clock.ts'
import { createServedCertificates } from '#adapters/system/served-certificates.ts'
import {
  type CertificateRig,
  type CertificateRigOptions,
  createCertificateRig,
} from '#test/acme/certificate-rig.ts'
import { type PebbleOptions, startPebble } from '#test/acme/pebble.ts'
import { createRig, until } from '#test/proxy/rig.ts'

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

/** Opens rigs with their certificates running, for tests that end all of them at once. */
export function createPebbleRigs() {
  const endings: (() => Promise<unknown>)[] = []
  return {
    /** Ended with the others, the last one first. */
    endLater: (ending: () => Promise<unknown>): number => endings.push(ending),
    async open(...given: Parameters<typeof createPebbleRig>) {
      const rig = await createPebbleRig(...given)
      endings.push(() => rig.end())
      const certificates = rig.start()
      endings.push(() => certificates.end())
      return { ...rig, ...certificates }
    },
    async end(): Promise<void> {
      for (const ending of endings.splice(0).toReversed()) await ending()
    },
  }
}

/** Resolves when every host has its certificate; otherwise rejects with the states of those that have none. */
export const untilValid = (
  { service, problems }: CertificateRig,
  hosts: readonly string[],
  patienceMs: number,
): Promise<void> =>
  until(() => hosts.every((host) => service.stateOf(host).state === 'valid'), patienceMs).catch(
    () => {
      const states = hosts.map((host) => service.stateOf(host))
      throw new Error(JSON.stringify([states.filter(({ state }) => state !== 'valid'), problems]))
    },
  )
