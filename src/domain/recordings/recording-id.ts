/** `rec_…`: also the name of its files, so that no path tells of a party. */
export type RecordingId = string & { readonly brand: 'RecordingId' };
