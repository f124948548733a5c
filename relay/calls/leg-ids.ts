// Leg ids are ours and unique within a call; made so that planning the same step twice gives the same legs.

/** The person outside: who calls us, or whom we called. */
export const PARTY_LEG = 'party'
/** The Device that placed an outgoing call. */
export const DEVICE_LEG = 'device'
/** A Device rung at a step. */
export const deviceLegId = (step: number, deviceId: string) => `d${step}-${deviceId}`
/** Stands for a user who was to be rung at a step and has no Device. */
export const userLegId = (step: number, userId: string) => `u${step}-${userId}`
