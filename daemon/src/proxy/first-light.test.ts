import { afterEach, describe, expect, it } from 'vitest'
import {
  createRig,
  HOST,
  instanceAt,
  type Rig,
  routeTo,
  sendRaw,
  statusesOf,
} from '#test/proxy/rig.ts'

describe('a proxy worker', () => {
  let rig: Rig
  afterEach(() => rig.end())

  it('sends a request to the instance of its host', async () => {
    rig = await createRig()
    const { port } = await rig.upstream((req, res) => res.end(`hello ${req.url}`))
    await rig.publish([routeTo([instanceAt(port)])])

    const answer = await sendRaw(
      rig.port,
      `GET /x HTTP/1.1\r\nHost: ${HOST}\r\n\r\nGET /y HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`,
    )

    expect(statusesOf(answer.text)).toEqual([200, 200])
    expect(answer.text).toContain('hello /y')
    expect(rig.said).toEqual([])
  })
})
