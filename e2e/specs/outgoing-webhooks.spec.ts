import { execFileSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreatedOutgoingWebhook, OutgoingPayload } from '@vastrox/shared/outgoing-webhook.ts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connectInstallation } from '#support/installation.ts'

const vastrox = connectInstallation()
const APP = 'told-of'

interface Got {
  id: string
  signature: string
  signed: string
  payload: OutgoingPayload
}

let folder: string
let close: () => void
let address: string
let before: { networks: unknown; authorities: unknown }
/** What the receiver answers. */
let status = 200
const got: Got[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vastrox-hooks-'))
  const [keyFile, caFile] = [join(folder, 'key.pem'), join(folder, 'ca.pem')]
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
      .concat(['-keyout', keyFile, '-out', caFile, '-days', '2', '-subj', '/CN=localhost'])
      .concat(['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']),
    { stdio: 'ignore' },
  )
  const server = createServer(
    { key: readFileSync(keyFile), cert: readFileSync(caFile) },
    (request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString()
      })
      request.on('end', () => {
        const header = (name: string) => String(request.headers[name])
        got.push({
          id: header('webhook-id'),
          signature: header('webhook-signature'),
          signed: `${header('webhook-id')}.${header('webhook-timestamp')}.${body}`,
          payload: OutgoingPayload.parse(JSON.parse(body)),
        })
        response.writeHead(status).end('thanks')
      })
    },
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  close = () => {
    server.closeAllConnections()
    server.close()
  }
  const listening = server.address()
  const port = typeof listening === 'object' && listening !== null ? listening.port : 0
  address = `https://localhost:${port}/in`
  const networks = await vastrox.api('GET', '/source-networks')
  before = { networks: JSON.parse(networks.body), authorities: { certificates: '' } }
  const certificates = readFileSync(caFile, 'utf8')
  await vastrox.api('PUT', '/source-authorities', { certificates })
})

afterAll(async () => {
  await vastrox.api('PUT', '/source-networks', before.networks)
  await vastrox.api('PUT', '/source-authorities', before.authorities)
  await vastrox.api('DELETE', `/apps/${APP}`, { confirm: APP })
  close()
  rmSync(folder, { recursive: true })
})

it('a private address is told nothing until an operator allows it, then all, signed, though the daemon is killed in between', async () => {
  const wish = { url: address, events: ['app.created', 'app.destroyed'] }
  const refused = await vastrox.api('POST', '/outgoing-webhooks', wish)
  expect([refused.status, JSON.parse(refused.body).error.code]).toEqual([422, 'ADDRESS_REFUSED'])

  await vastrox.api('PUT', '/source-networks', { allowed: ['127.0.0.0/8'] })
  const reply = await vastrox.api('POST', '/outgoing-webhooks', wish)
  const { webhook, webhookSecret } = CreatedOutgoingWebhook.parse(JSON.parse(reply.body))
  status = 503
  await vastrox.api('POST', '/apps', { name: APP })
  await expect.poll(() => got.length, { timeout: 30_000 }).toBeGreaterThan(0)
  await vastrox.kill('daemon', 'SIGKILL')
  status = 200
  const tried = got.length
  await expect.poll(() => got.length, { timeout: 60_000 }).toBeGreaterThan(tried)

  const last = got.at(-1)
  const key = Buffer.from(webhookSecret.replace('whsec_', ''), 'base64')
  const digest = createHmac('sha256', key)
    .update(last?.signed ?? '')
    .digest('base64')
  expect(last?.signature).toBe(`v1,${digest}`)
  expect(last?.payload).toMatchObject({ type: 'app.created', data: { app: APP } })
  expect(new Set(got.map(({ id }) => id)).size).toBe(1)
  await expect
    .poll(async () => (await vastrox.command('hooks:deliveries', webhook.id)).stdout.toString(), {
      timeout: 30_000,
    })
    .toMatch(/app\.created +delivered/)
  expect((await vastrox.api('DELETE', `/outgoing-webhooks/${webhook.id}`)).status).toBe(204)
}, 180_000)
