import { CreateToken } from '@vastrox/shared/token.ts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createFullServer, type FullServer } from '#test/full-server.ts'

let server: FullServer
let token: string
beforeAll(async () => {
  server = await createFullServer()
  server.queue.start()
  server.addApp('blog')
  await server.deploy('a1', { appName: 'blog', files: { 'server.js': 'the code' } })
  const { access } = server
  token = access.tokens.create(access.rootActor(), CreateToken.parse({ name: 'all' })).token
})
afterAll(() => server.fastify.close())

async function ask(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object) {
  const reply = await server.fastify.inject({
    method,
    url: `/api/v1${path}`,
    headers: { authorization: `Bearer ${token}` },
    ...(body && { body }),
  })
  return { status: reply.statusCode, headers: reply.headers, body: reply.body }
}
const json = async (...asked: Parameters<typeof ask>) => JSON.parse((await ask(...asked)).body)

it('goes all the way: a destination, an app backed up, listed, kept, downloaded, removed', async () => {
  const [local] = (await json('GET', '/destination-kinds')).items
  expect(local).toMatchObject({ kind: 'local', settings: { type: 'object' } })
  const settings = { rootId: 'root00000001' }
  const created = await json('POST', '/destinations', { name: 'vault', kind: 'local', settings })
  expect(created).toMatchObject({
    destination: { name: 'vault', isDefault: true },
    repositoryKey: expect.stringMatching(/^[\w-]{43}$/),
  })

  const { items } = await json('POST', '/apps/blog/backups', {})
  const { id } = items[0]
  await server.clock.settle()

  expect(await json('GET', `/backups/${id}`)).toMatchObject({
    state: 'done',
    subject: { type: 'app', name: 'blog' },
    destination: 'vault',
  })
  expect((await json('GET', '/apps/blog/backups')).items).toHaveLength(1)
  expect((await json('GET', '/backups?subject=app:blog&state=done')).items).toHaveLength(1)
  expect((await json('GET', '/backup-subjects')).items[0]).toMatchObject({ backups: 1 })
  expect(await json('PATCH', `/backups/${id}`, { isKept: true })).toMatchObject({ isKept: true })
  const content = await ask('GET', `/backups/${id}/content`)
  expect(content.headers['content-disposition']).toMatch(/^attachment; filename="blog-.*\.tar"$/)
  expect(content.headers['content-type']).toBe('application/octet-stream')
  expect(content.body).toContain('the code')
  expect((await json('GET', `/backups/${id}/files`)).items).toMatchObject([{ path: 'app.tar' }])
  expect((await ask('DELETE', `/backups/${id}`, { confirm: 'blog' })).status).toBe(409)
  await ask('PATCH', `/backups/${id}`, { isKept: false })
  expect((await ask('DELETE', `/backups/${id}`, { confirm: 'blog' })).status).toBe(202)
  await server.clock.settle()
  expect((await ask('GET', `/backups/${id}`)).status).toBe(404)
  expect(server.problems).toEqual([])
})

it('says what is wrong in words, by its code', async () => {
  const codes = await Promise.all(
    [
      ask('POST', '/backups', { subject: 'addon:none' }),
      ask('POST', '/apps/blog/backups', { destination: 'none' }),
      ask('POST', '/destinations', { name: 'far', kind: 'tape', settings: {} }),
      ask('GET', '/backups?cursor=x'),
      ask('POST', '/backup-schedules', { subject: 'app:blog', schedule: 'x' }),
    ].map(async (reply) => JSON.parse((await reply).body).error.code),
  )

  expect(codes).toEqual([
    'BACKUP_SUBJECT_NOT_FOUND',
    'DESTINATION_NOT_FOUND',
    'DESTINATION_KIND_UNKNOWN',
    'REQUEST_INVALID',
    'BACKUP_SCHEDULE_INVALID',
  ])
})
