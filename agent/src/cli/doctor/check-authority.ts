import { certificateOf, type Check, type Finding } from '#agent/cli/doctor/subject.ts'

const DAY_MS = 86_400_000
const SOON_MS = 60 * DAY_MS

/** The local CA: there, in time, trusted by this machine, and what the dashboard is signed by. */
export const checkAuthority: Check = async (subject) => {
  const { config, paths } = subject.installation
  const pem = await subject.machine.read(paths.caFile)
  if (pem === undefined) return [bad(`${paths.caFile} is missing.`)]
  const certificate = certificateOf(pem)
  if (!certificate) return [bad(`${paths.caFile} holds no certificate.`)]
  const findings: Finding[] = []
  const leftMs = new Date(certificate.validTo).getTime() - subject.machine.now().getTime()
  if (leftMs < SOON_MS)
    findings.push(
      bad(
        leftMs < 0
          ? 'The certificate of the CA has ended.'
          : `The CA ends in ${Math.round(leftMs / DAY_MS)} days.`,
      ),
    )
  // Behind it stand those of names from before, as long as they answer.
  const trusted = await subject.machine.read(subject.anchor)
  if (trusted === undefined || trusted === '' || !pem.startsWith(trusted))
    findings.push(bad('This machine does not trust the CA.'))
  // A daemon that does not run is named with the processes.
  const status = await subject.platform.status()
  const isServed = status?.processes.some(
    ({ name, state }) => name === 'daemon' && state === 'running',
  )
  const refusal = isServed ? await subject.handshake(config.dashboardPort, pem) : undefined
  if (refusal !== undefined) findings.push(bad(`The dashboard does not pass the CA: ${refusal}.`))
  if (findings.length > 0) return findings
  return [
    {
      check: 'ca',
      level: 'ok',
      message: `The CA is trusted${isServed ? ', and signs the dashboard' : ''}.`,
    },
  ]
}

const bad = (message: string): Finding => ({
  check: 'ca',
  level: 'bad',
  message,
  hint: 'Run ./install.sh again: it repairs the CA and its trust.',
})
