/**
 * Session descriptions on their way from one leg to the other. What is read is a small model of
 * audio (media-description.ts); what is written is that model and nothing else, so a line nobody
 * thought of cannot cross (sip-privacy §4.4). Media addresses are part of the model: passing them
 * on is what `media: direct` means.
 */
export { readSdp } from './sdp/read-sdp.js';
export { fitAnswer } from './sdp/fit-answer.js';
export { writeSdp, type SdpOrigin } from './sdp/write-sdp.js';
export type {
  AudioStream,
  MediaDescription,
  RejectedStream,
  SdpFault,
  SdpReading,
} from './media-description.js';
