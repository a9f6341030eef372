// Browsers start no worker for a page that is read from a folder (file:). The search then runs in a hidden frame,
// which is given what a worker has. Only as much of a worker as the search of the site needs.
if (location.protocol === "file:") {
  window.IFrameWorker = class extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.body.append(frame);
      this.inner = frame.contentWindow;
      const load = (address) =>
        new Promise((done, failed) => {
          const script = this.inner.document.createElement("script");
          script.src = address;
          script.onload = () => done();
          script.onerror = () => failed(new Error(`${address} could not be read`));
          this.inner.document.head.append(script);
        });
      this.inner.importScripts = async (...addresses) => {
        for (const address of addresses) await load(address);
      };
      this.inner.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
      this.ready = load(new URL(url, document.baseURI).href);
    }

    postMessage(data) {
      this.ready.then(() => this.inner.dispatchEvent(new MessageEvent("message", { data })));
    }

    terminate() {
      this.inner.frameElement.remove();
    }
  };
  window.Worker = window.IFrameWorker;
}
