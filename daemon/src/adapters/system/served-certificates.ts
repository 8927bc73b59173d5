import { X509Certificate } from 'node:crypto'
import { connect } from 'node:tls'
import type { ServedCertificates } from '#ports/served-certificate.ts'

const TIMEOUT_MS = 3_000

/** By a handshake on the loopback that trusts nothing but that certificate. */
export const createServedCertificates = (httpsPort: number): ServedCertificates => ({
  isServed(host, certificatePem) {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const { fingerprint256 } = new X509Certificate(certificatePem)
    const socket = connect({
      host: '127.0.0.1',
      port: httpsPort,
      servername: host,
      ca: certificatePem,
      allowPartialTrustChain: true,
      ALPNProtocols: ['http/1.1'],
    })
    const end = (isServed: boolean): void => {
      resolve(isServed)
      socket.destroy()
    }
    socket.setTimeout(TIMEOUT_MS, () => end(false))
    socket.once('error', () => end(false))
    socket.once('close', () => end(false))
    socket.once('secureConnect', () =>
      end(socket.getPeerX509Certificate()?.fingerprint256 === fingerprint256),
    )
    return promise
  },
})
