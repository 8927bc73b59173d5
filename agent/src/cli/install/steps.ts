/** Says what is done and how long it took. */
export interface Steps {
  run<T>(name: string, work: (progress: (line: string) => void) => Promise<T>): Promise<T>
  say(line: string): void
}

export function createSteps(out: NodeJS.WriteStream = process.stdout): Steps {
  return {
    say: (line) => void out.write(`${line}\n`),
    async run(name, work) {
      const begunAt = performance.now()
      if (out.isTTY) out.write(`  …  ${name}`)
      const finish = (mark: string): void => {
        const line = `  ${mark} ${name} (${seconds(performance.now() - begunAt)})`
        out.write(out.isTTY ? `\r\x1b[2K${line}\n` : `${line}\n`)
      }
      try {
        const result = await work((line) => {
          if (out.isTTY) out.write(`\r\x1b[2K  …  ${name}: ${clip(line)}`)
        })
        finish('ok')
        return result
      } catch (error) {
        finish('!!')
        throw error
      }
    },
  }
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`

const clip = (line: string): string =>
  // What programs print may hold control characters.
  line.replaceAll(/[^\x20-\x7e]/g, ' ').slice(0, 70)

/** `3 min 12 s` */
export function sayDuration(ms: number): string {
  const total = Math.round(ms / 1_000)
  const minutes = Math.floor(total / 60)
  return minutes === 0 ? `${total} s` : `${minutes} min ${total % 60} s`
}
