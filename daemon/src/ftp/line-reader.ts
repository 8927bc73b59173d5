const MAX_LINE_BYTES = 8_192
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export type Line = { kind: 'line'; text: string } | { kind: 'bad' } | { kind: 'too-long' }

/** Cuts what arrives into lines; Telnet's marks before ABOR are left out. */
export function createLineReader() {
  let held: Buffer = Buffer.alloc(0)

  return (chunk: Buffer): Line[] => {
    held = Buffer.concat([held, chunk])
    const lines: Line[] = []
    for (let end = held.indexOf(10); end !== -1; end = held.indexOf(10)) {
      lines.push(lineOf(held.subarray(0, end)))
      held = held.subarray(end + 1)
    }
    if (held.length > MAX_LINE_BYTES) lines.push({ kind: 'too-long' })
    return lines
  }
}

function lineOf(bytes: Buffer): Line {
  let start = 0
  while ((bytes[start] ?? 0) >= 0xf0) start += 1
  const end = bytes.at(-1) === 13 ? bytes.length - 1 : bytes.length
  try {
    return { kind: 'line', text: utf8.decode(bytes.subarray(start, end)) }
  } catch {
    return { kind: 'bad' }
  }
}
