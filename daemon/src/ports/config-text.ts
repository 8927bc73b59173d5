/** A place in a text, counted from 1. */
export interface TextPlace {
  line: number
  column: number
}

export type ReadText =
  | {
      value: unknown
      /** Of what stands at the end of the path, or of the nearest above it that is there. */
      placeOf(path: readonly PropertyKey[]): TextPlace
    }
  | { problems: ({ message: string } & TextPlace)[] }

/** Text that people write and read: YAML. */
export interface ConfigText {
  read(text: string): Promise<ReadText>
  /** `comments` by path, its parts joined by a line break; each stands above what it is about. */
  write(value: unknown, head: string, comments: ReadonlyMap<string, string>): Promise<string>
}
