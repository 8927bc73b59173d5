import type { Starter } from '@vastrox/shared/starter.ts'

export interface StarterFile {
  path: string
  executable: boolean
  content: Buffer
}

/** The small apps that come with the installation. They are read, never written. */
export interface Starters {
  /** By title. */
  list(): Promise<Starter[]>
  /** Every file of one, by path; undefined where there is none of that name. */
  files(name: string): Promise<StarterFile[] | undefined>
}
