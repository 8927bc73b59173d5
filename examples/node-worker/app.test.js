import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createApp } from './app.js'
import { work } from './work.js'

test('the page says which release answers', async (context) => {
  const server = createApp({ VASTROX_APP: 'jobs', VASTROX_RELEASE: 'v3' }).listen(0)
  await new Promise((resolve) => server.once('listening', resolve))
  context.after(() => server.close())

  const answer = await fetch(`http://127.0.0.1:${server.address().port}/`)

  assert.match(await answer.text(), /^jobs v3\n/)
})

test('the worker says what it is told to', () => {
  assert.match(work('Hello'), /^Hello, \d{4}-/)
})
