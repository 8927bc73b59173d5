/** Ends the name of what is being put back: it becomes the volume in one step, or goes. */
export const RESTORING = '.restoring'
