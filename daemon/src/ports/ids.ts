/** 26 lower-case letters and digits; sorts by the time it was made; never repeats. */
export type NewId = () => string
