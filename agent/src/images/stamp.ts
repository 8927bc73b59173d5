/**
 * Keeps the engine's build cache from handing out steps of another day, and with them packages that
 * have had security updates since: an argument of the build is part of what a step is known by, and
 * no part of the image.
 */
export const stamped = (dockerfile: string, stamp: string): string =>
  dockerfile.replaceAll(/^FROM .*$/gm, (line) => `${line}\n${stampLine(stamp)}`)

/** Steps behind it are made anew with each stamp. */
export const stampLine = (stamp: string): string => `ARG VASTROX_MADE=${stamp}`

/** A preparation that was cut off goes on where it was, on the same day. */
export const stampOfDay = (now: Date): string => now.toISOString().slice(0, 10)
