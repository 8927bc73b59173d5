import { describe, expect, it } from 'vitest'
import { parseConnections, parseListeners } from '#agent/containers/proc-net-tcp.ts'

const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid'
const row = (local: string, state: string): string =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0`

describe('reading /proc/<pid>/net/tcp', () => {
  it('gives the sockets that listen, and none that are connected', () => {
    const table = [
      HEAD,
      row('00000000:0BB8', '0A'),
      row('0100007F:1F90', '0A'),
      row('0200800A:0BB8', '01'),
    ]

    expect(parseListeners(table.join('\n'))).toEqual([
      { address: '0.0.0.0', port: 3000 },
      { address: '127.0.0.1', port: 8080 },
    ])
  })

  it('reads IPv6: any, loopback, mapped and full addresses', () => {
    const table = [
      HEAD,
      row('00000000000000000000000000000000:0BB8', '0A'),
      row('00000000000000000000000001000000:0BB9', '0A'),
      row('0000000000000000FFFF00000100007F:0BBA', '0A'),
      row('B80D01200000000000000000010000FF:0BBB', '0A'),
    ]

    expect(parseListeners(table.join('\n'))).toEqual([
      { address: '::', port: 3000 },
      { address: '::1', port: 3001 },
      { address: '::ffff:127.0.0.1', port: 3002 },
      { address: '2001:db8:0:0:0:0:ff00:1', port: 3003 },
    ])
  })

  it('gives nothing for an empty table', () => {
    expect(parseListeners('')).toEqual([])
  })
})

describe('connections in both tables of a network', () => {
  const connection = (local: string, remote: string, state: string): string =>
    row(local, state).replace('00000000:0000 ', `${remote} `)
  const V6 = '0000000000000000FFFF0000'

  it('are those of others to ports that are listened at', () => {
    const tcp = [
      HEAD,
      row('00000000:1538', '0A'),
      connection('0200800A:1538', '0300800A:C350', '01'),
      // Closed by its client, and not by the server yet.
      connection('0200800A:1538', '0300800A:C351', '08'),
      // Over with; the server's own; its own to another; nothing that is listened at.
      connection('0200800A:1538', '0300800A:C352', '06'),
      connection('0100007F:1538', '0100007F:C353', '01'),
      connection('0200800A:C354', '0900800A:1539', '01'),
    ]
    const tcp6 = [
      HEAD,
      row('00000000000000000000000000000000:0CEA', '0A'),
      connection(`${V6}0200800A:0CEA`, `${V6}0300800A:C355`, '01'),
      connection(`${V6}0100007F:0CEA`, `${V6}0100007F:C356`, '01'),
      connection(
        '00000000000000000000000001000000:0CEA',
        '00000000000000000000000001000000:C357',
        '01',
      ),
      connection(
        'B80D01200000000000000000010000FF:0CEA',
        'B80D01200000000000000000010000FE:C358',
        '01',
      ),
    ]

    expect(parseConnections([tcp.join('\n'), tcp6.join('\n')])).toBe(4)
    expect(parseConnections(['', ''])).toBe(0)
  })
})
