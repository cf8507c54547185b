// The light build of hls.js (no DRM, subtitles or alternate audio) has the same interface.
declare module "hls.js/light" {
  export { default } from "hls.js";
}
