import { describe, expect, it } from 'vitest'
import { findPort } from '#core/deployments/listening-port.ts'

describe('the port an app listens on', () => {
  it('is the one it was given, where it took it', () => {
    const listeners = [
      { address: '0.0.0.0', port: 9_090 },
      { address: '::', port: 3_000 },
    ]

    expect(findPort(listeners, 3_000)).toEqual({ kind: 'open', port: 3_000, expected: true })
  })

  it('is a usual one where several are open, and else the lowest', () => {
    const at = (...ports: number[]) => ports.map((port) => ({ address: '0.0.0.0', port }))

    expect(findPort(at(9_464, 8_080), 3_000)).toMatchObject({ kind: 'open', port: 8_080 })
    expect(findPort(at(9_464, 7_777), 3_000)).toMatchObject({ kind: 'open', port: 7_777 })
  })

  it('is out of reach on the loopback, of either family', () => {
    for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1', '127.0.1.1'])
      expect(findPort([{ address, port: 3_000 }], 3_000)).toEqual({
        kind: 'loopback',
        port: 3_000,
        expected: true,
      })
  })

  it('is neither Docker’s name server nor Node’s debugger', () => {
    const listeners = [
      { address: '127.0.0.11', port: 40_123 },
      { address: '127.0.0.1', port: 9_229 },
    ]

    expect(findPort(listeners, 3_000)).toEqual({ kind: 'none' })
  })
})
