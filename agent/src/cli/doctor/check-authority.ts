import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { get } from 'node:https'
import type { Check, Finding } from '#agent/cli/doctor/examine.ts'
import { anchorOf } from '#agent/cli/install/trust.ts'

const DAY_MS = 86_400_000
const SOON_MS = 60 * DAY_MS

/** The local CA: there, in time, trusted by this machine, and what the dashboard is signed by. */
export const checkAuthority: Check = async ({ config, paths }) => {
  const pem = await readFile(paths.caFile, 'utf8').catch(() => undefined)
  if (pem === undefined) return [bad(`${paths.caFile} is missing.`)]
  const findings: Finding[] = []
  const leftMs = new Date(new X509Certificate(pem).validTo).getTime() - Date.now()
  if (leftMs < SOON_MS) findings.push(bad(`The CA ends in ${Math.round(leftMs / DAY_MS)} days.`))
  const anchor = await readFile(anchorOf(config.instance), 'utf8').catch(() => '')
  if (anchor !== pem) findings.push(bad('This machine does not trust the CA.'))
  const refusal = await handshake(config.dashboardPort, pem)
  if (refusal !== undefined) findings.push(bad(`The dashboard does not pass the CA: ${refusal}.`))
  if (findings.length > 0) return findings
  return [{ check: 'ca', level: 'ok', message: 'The CA is trusted, and signs the dashboard.' }]
}

const bad = (message: string): Finding => ({
  check: 'ca',
  level: 'bad',
  message,
  hint: 'Run ./install.sh again: it repairs the CA and its trust.',
})

/** Undefined when the dashboard answers under the CA, else why not. */
function handshake(port: number, ca: string): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  const asked = get({ host: 'localhost', port, ca, path: '/', timeout: 5_000 }, (response) => {
    response.resume()
    resolve(undefined)
  })
  asked.on('timeout', () => asked.destroy(new Error('it does not answer')))
  asked.on('error', (error) => resolve(error.message))
  return promise
}
