import { createHmac } from 'node:crypto'

const PREFIX = 'whsec_'

/** What a receiver needs to check signatures, as Standard Webhooks writes it. */
export const webhookSecretOf = (bytes: Buffer): string => `${PREFIX}${bytes.toString('base64')}`

interface Message {
  id: string
  atSeconds: number
  body: string
}

/** One signature for each secret, so that a receiver may know either while they change. */
export const signatureOf = (secrets: readonly string[], { id, atSeconds, body }: Message): string =>
  secrets
    .map((secret) => Buffer.from(secret.slice(PREFIX.length), 'base64'))
    .map((key) => createHmac('sha256', key).update(`${id}.${atSeconds}.${body}`).digest('base64'))
    .map((digest) => `v1,${digest}`)
    .join(' ')
