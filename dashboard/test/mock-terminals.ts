import type { ServerResponse } from 'node:http'
import { TerminalInput } from '@vastrox/shared/terminal.ts'

interface Asked {
  params: readonly string[]
  body: unknown
  response: ServerResponse
}

/** Prints what is typed, in colours that only a style attribute can have, and ends by `exit`. */
export function mockTerminals() {
  let streams: ServerResponse[] = []
  let seq = 0
  let typed = ''

  function tell(event: object): void {
    seq += 1
    for (const stream of streams) stream.write(`id: ${seq}\ndata: ${JSON.stringify(event)}\n\n`)
  }
  const print = (text: string): void =>
    tell({ type: 'output', base64: Buffer.from(text).toString('base64') })

  const open = ({ params }: Asked) => {
    typed = ''
    return { id: 'terminal1', title: params[0] ?? '' }
  }
  const output = ({ response }: Asked): void => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    streams = [response]
    print('\u001b[38;2;255;120;40mready\u001b[0m \u001b[32m$\u001b[0m ')
  }
  const input = ({ body }: Asked) => {
    const { base64 } = TerminalInput.parse(body)
    const text = Buffer.from(base64 ?? '', 'base64').toString()
    if (text === '') return {}
    typed += text
    print(text.replaceAll('\r', '\r\n'))
    if (typed.endsWith('exit\r')) tell({ type: 'exit', exitCode: 0, reason: null })
    return {}
  }
  return {
    'POST /apps/:/terminals': open,
    'POST /addons/:/terminals': open,
    'GET /apps/:/terminals/:/output': output,
    'GET /addons/:/terminals/:/output': output,
    'POST /apps/:/terminals/:/input': input,
    'POST /addons/:/terminals/:/input': input,
    'DELETE /apps/:/terminals/:': () => ({}),
    'DELETE /addons/:/terminals/:': () => ({}),
  }
}
