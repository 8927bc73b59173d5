import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createApp } from './app.js'

let server
let origin

before(async () => {
  server = createApp({ VASTROX_APP: '<b>', VASTROX_RELEASE: 'v7' }).listen(0)
  await new Promise((resolve) => server.once('listening', resolve))
  origin = `http://127.0.0.1:${server.address().port}`
})
after(() => server.close())

test('the page shows the release, and shows names as text', async () => {
  const html = await (await fetch(origin)).text()

  assert.match(html, /<dd>v7<\/dd>/)
  assert.ok(html.includes('&lt;b&gt; is running'))
})

test('the health check answers without a page', async () => {
  const response = await fetch(`${origin}/health`)

  assert.equal(response.status, 200)
  assert.deepEqual(await response.json(), { status: 'ok', release: 'v7' })
})

test('an unknown address is a 404', async () => {
  assert.equal((await fetch(`${origin}/nothing`)).status, 404)
})
