import { createHash } from 'node:crypto'
import type { Socket } from 'node:net'
import { CodedError } from '@vastrox/shared/errors.ts'
import { connectGuarded } from '#adapters/system/guarded-socket.ts'
import { trustedAuthorities } from '#adapters/system/trusted-authorities.ts'
import type { GuardedAddresses } from '#ports/guarded-address.ts'
import type { Mail, Mailer, MailOutcome, MailServer } from '#ports/mailer.ts'

interface Deps {
  addresses: GuardedAddresses
  /** Those alone that the operator has allowed: what is sent without encryption goes nowhere else. */
  allowedAddresses: GuardedAddresses
  /** Authorities besides those that the system trusts, in PEM; asked each time. */
  extraCa: () => string
  /** Who we say that we are. */
  hostName: () => string
}

const ANSWER_MS = 20_000
/** Of the whole conversation. */
const MOST_MS = 40_000

/** SMTP over a connection to the address that was looked up and judged (rule C11). */
export function createSmtpMailer(deps: Deps): Mailer {
  return {
    async send(server, mail, signal) {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(MOST_MS)])
      try {
        const addresses = server.security === 'none' ? deps.allowedAddresses : deps.addresses
        const socket = await connectGuarded(addresses, server, limit)
        return await converse(socket, server, mail, limit, deps)
      } catch (error) {
        return { isTaken: false, ...explain(error) }
      }
    },
  }
}

async function converse(
  socket: Socket,
  server: MailServer,
  mail: Mail,
  signal: AbortSignal,
  { extraCa, hostName }: Deps,
): Promise<MailOutcome> {
  const { createTransport } = await import('nodemailer')
  const end = (): void => void socket.destroy(new Error('it took too long'))
  signal.addEventListener('abort', end, { once: true })
  const ca = extraCa()
  const transport = createTransport({
    connection: socket,
    host: server.host,
    port: server.port,
    name: hostName(),
    secure: server.security === 'tls',
    requireTLS: server.security === 'starttls',
    ignoreTLS: server.security === 'none',
    tls: { ca: [...trustedAuthorities(), ...(ca === '' ? [] : [ca])], minVersion: 'TLSv1.2' },
    ...(server.user === '' ? {} : { auth: { user: server.user, pass: server.password } }),
    greetingTimeout: ANSWER_MS,
    socketTimeout: ANSWER_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  try {
    const domain = mail.from.slice(mail.from.lastIndexOf('@') + 1)
    const thread = `<${digest(mail.thread)}@${domain}>`
    const { rejected, response } = await transport.sendMail({
      from: { name: 'Vastrox', address: mail.from },
      to: mail.to.map((address) => ({ name: '', address })),
      subject: mail.subject,
      text: mail.text,
      html: mail.html,
      date: mail.at,
      messageId: `<${digest(mail.identity)}@${domain}>`,
      inReplyTo: thread,
      references: thread,
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    })
    return {
      isTaken: true,
      isFinal: false,
      answer:
        rejected.length === 0 ? response : `${response} (not taken for ${rejected.join(', ')})`,
    }
  } finally {
    signal.removeEventListener('abort', end)
    transport.close()
    socket.destroy()
  }
}

const digest = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 40)

/** 500 and above is for good, as the protocol has it; everything else may be otherwise later. */
function explain(error: unknown): Pick<MailOutcome, 'answer' | 'isFinal'> {
  if (error instanceof CodedError) {
    const { reason } = error.details
    return {
      answer: typeof reason === 'string' ? reason : error.message,
      isFinal: error.code === 'ADDRESS_REFUSED',
    }
  }
  if (!(error instanceof Error)) return { answer: 'It could not be sent.', isFinal: false }
  const { code, responseCode, response } = described(error)
  const words = (response ?? error.message).slice(0, 500)
  if (code === 'EAUTH')
    return {
      answer: `The server does not let us in: ${words}`,
      isFinal: responseCode === undefined || responseCode >= 500,
    }
  if (code === 'ETLS')
    return { answer: `It offers no encryption that we trust: ${words}`, isFinal: false }
  if (responseCode !== undefined)
    return { answer: `The server answers: ${words}`, isFinal: responseCode >= 500 }
  if (/CERT|SELF_SIGNED|ISSUER|ALTNAME|VERIFY|SIGNATURE/.test(code))
    return { answer: `Its certificate is not trusted: ${words}`, isFinal: false }
  return { answer: `It could not be sent: ${words}`, isFinal: false }
}

function described(error: Error): { code: string; responseCode?: number; response?: string } {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return {
    code,
    ...('responseCode' in error && typeof error.responseCode === 'number'
      ? { responseCode: error.responseCode }
      : {}),
    ...('response' in error && typeof error.response === 'string'
      ? { response: error.response }
      : {}),
  }
}
